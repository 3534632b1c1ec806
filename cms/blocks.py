"""What articles are made of: prose, pictures and listings. No raw HTML and no embeds."""

from typing import Any

from wagtail import blocks
from wagtail.images.blocks import ImageBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from directory.components import HubCard, ServiceCard
from directory.models import Category, SearchEntry, Service
from hubs.models import Hub

from .choosers import ServiceChooserBlock

PROSE_FEATURES = ["h3", "bold", "ul", "ol", "link"]
MOST_LISTINGS = 12


def cards_of(listings: list[int]) -> list[tuple[int, ServiceCard]]:
    """Return `(key, card)` of the listings with these keys that are public, in their order, in one query."""
    entries: dict[int, SearchEntry] = {}
    for entry in SearchEntry.objects.filter(service__in=listings).order_by("pk"):
        entries.setdefault(entry.service_id, entry)
    return [(pk, ServiceCard.for_entry(entries[pk])) for pk in listings if pk in entries]


class ListingBlock(ServiceChooserBlock):
    """One listing, drawn as its card. A listing that is not public draws nothing."""

    def get_context(
        self, value: Service | None, parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        return {**context, "cards": [card for _, card in cards_of([value.pk] if value else [])]}

    class Meta:
        icon = "calendar-alt"
        label = "Listing"
        template = "cms/blocks/cards.html"


class HubBlock(SnippetChooserBlock):
    """One hub, drawn as its card."""

    def get_context(self, value: Hub | None, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        shown = [HubCard.for_hub(value)] if value is not None and value.live else []
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
        about = Service.objects.listed().filter(categories=topic) if topic else Service.objects.none()
        found = about.order_by("name").values_list("pk", flat=True)[: value["how_many"]]
        return {**context, "cards": [card for _, card in cards_of(list(found))]}

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
    """What the home page shows from the directory and the articles; the page itself draws it."""

    listing = ListingBlock()
    hub = HubBlock("hubs.Hub")
    article = blocks.PageChooserBlock(page_type="cms.ArticlePage")
