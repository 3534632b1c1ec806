"""What articles are made of: prose, pictures and listings. No raw HTML and no embeds."""

from typing import Any

from django.db.models import QuerySet
from wagtail import blocks
from wagtail.images.blocks import ImageBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from directory.components import HubCard, ServiceCard
from directory.models import Category, Service
from hubs.models import Hub

from .choosers import ServiceChooserBlock

PROSE_FEATURES = ["h3", "bold", "ul", "ol", "link"]
MOST_LISTINGS = 12


def cards_of(listings: "QuerySet[Service] | list[Service]", context: dict[str, Any]) -> list[str]:
    """Draw listings as they look everywhere else."""
    return [ServiceCard.for_service(listing).render_html(context) for listing in listings]


class ListingBlock(ServiceChooserBlock):
    """One listing, drawn as its card. A listing that is not public draws nothing."""

    def get_context(
        self, value: Service | None, parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        shown = [value] if value is not None and value.live else []
        return {**context, "cards": cards_of(shown, context)}

    class Meta:
        icon = "calendar-alt"
        label = "Listing"
        template = "cms/blocks/cards.html"


class HubBlock(SnippetChooserBlock):
    """One hub, drawn as its card."""

    def get_context(self, value: Hub | None, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        shown = [HubCard.for_hub(value).render_html(context)] if value is not None and value.live else []
        return {**context, "cards": shown}

    class Meta:
        icon = "home"
        label = "Hub"
        template = "cms/blocks/cards.html"


class TopicBlock(blocks.StructBlock):
    """Listings about one topic, by name."""

    heading = blocks.CharBlock(max_length=120, required=False)
    topic = SnippetChooserBlock("directory.Category")
    how_many = blocks.IntegerBlock(min_value=1, max_value=MOST_LISTINGS, default=3)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        topic: Category | None = value["topic"]
        found = (
            Service.objects.listed()
            .filter(categories=topic)
            .prefetch_related("categories", "service_locations__location", "service_locations__schedules")
            .order_by("name")[: value["how_many"]]
            if topic
            else []
        )
        return {**context, "cards": cards_of(found, context)}

    class Meta:
        icon = "tag"
        label = "Listings about a topic"
        template = "cms/blocks/topic.html"


class NoticeBlock(blocks.StructBlock):
    """Something to know before reading on."""

    kind = blocks.ChoiceBlock(choices=[("info", "Good to know"), ("warning", "Take care")], default="info")
    title = blocks.CharBlock(max_length=120, required=False)
    text = blocks.TextBlock(max_length=500)

    class Meta:
        icon = "info-circle"
        template = "cms/blocks/notice.html"


class NumbersBlock(blocks.StaticBlock):
    """The numbers for right now: 999, Childline and the council's own, which are kept in its settings."""

    class Meta:
        icon = "warning"
        label = "Numbers for right now"
        admin_text = "999, Childline and the council's numbers. They are kept in the council's settings."
        template = "cms/blocks/numbers.html"


class PhoneBlock(blocks.StructBlock):
    """Somebody families may ring or write to."""

    title = blocks.CharBlock(max_length=120, help_text="Who answers.")
    phone = blocks.CharBlock(max_length=30, required=False)
    hours = blocks.CharBlock(
        max_length=150, required=False, help_text="In words: Monday to Friday, 9am to 5pm."
    )
    email = blocks.EmailBlock(required=False, label="E-mail")

    class Meta:
        icon = "mobile-alt"
        label = "Contact"
        template = "cms/blocks/contact.html"


class PictureBlock(blocks.StructBlock):
    """A picture with words for people who cannot see it."""

    image = ImageBlock()
    caption = blocks.CharBlock(max_length=250, required=False)

    class Meta:
        icon = "image"
        label = "Picture"
        template = "cms/blocks/picture.html"


class ProseBlocks(blocks.StreamBlock):
    """The body of an article."""

    heading = blocks.CharBlock(max_length=120, icon="title", template="cms/blocks/heading.html")
    text = blocks.RichTextBlock(features=PROSE_FEATURES, template="cms/blocks/text.html")
    picture = PictureBlock()
    notice = NoticeBlock()
    numbers = NumbersBlock()
    contact = PhoneBlock()
    listing = ListingBlock()
    hub = HubBlock("hubs.Hub")
    topic = TopicBlock()


class HighlightBlocks(blocks.StreamBlock):
    """What the home page shows from the directory and the articles."""

    listing = ListingBlock(template="cms/blocks/card.html")
    hub = HubBlock("hubs.Hub", template="cms/blocks/card.html")
    article = blocks.PageChooserBlock(page_type="cms.ArticlePage", template="cms/blocks/article.html")
