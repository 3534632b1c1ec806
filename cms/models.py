"""The site's own settings and pages, and the directory as editors see it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control, set_response_etag
from laces.components import Component
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField
from wagtail.models import Page, PageViewRestriction

from directory.components import HubCard, TodaySessions
from directory.models import Category, Service
from directory.models.service import ServiceQuerySet
from hubs.models import Council, Hub

from .blocks import HighlightBlocks, ProseBlocks, cards_of

KEPT_FOR_S = 60
HUBS_SHOWN = 3


@register_setting(icon="site")
class SiteBrand(BaseSiteSetting):
    """Which council's name, colours and logo a Wagtail site wears."""

    council = models.ForeignKey(Council, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    select_related = ("council__logo",)

    class Meta:
        verbose_name = "council of this site"


class OfKind(models.Manager.from_queryset(ServiceQuerySet)):  # type: ignore[misc]
    """The listings of one kind; new ones are of that kind."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(kind=self.kind)

    def create(self, **fields: Any) -> Service:
        return super().create(**{"kind": self.kind, **fields})


class OneKind:
    """Makes new records of a proxy of `Service` the kind that the proxy stands for."""

    of_kind: ClassVar[str]

    def __init__(self, *args: Any, **fields: Any) -> None:
        # Rows read from the database come as positional arguments.
        super().__init__(*args, **(fields if args else {"kind": self.of_kind, **fields}))


class Activity(OneKind, Service):
    """Something to go to, at a time."""

    of_kind = Service.Kind.ACTIVITY
    objects = OfKind(Service.Kind.ACTIVITY)

    class Meta:
        proxy = True
        verbose_name = "activity"
        verbose_name_plural = "activities"
        permissions = [("edit_every_listing", "Can edit the whole directory, whoever runs it")]


class HelpOffer(OneKind, Service):
    """Help that a family can ask for."""

    of_kind = Service.Kind.OFFER
    objects = OfKind(Service.Kind.OFFER)

    class Meta:
        proxy = True
        verbose_name = "family help offer"


class OtherService(OneKind, Service):
    """Anything else a family can find."""

    of_kind = Service.Kind.SERVICE
    objects = OfKind(Service.Kind.SERVICE)

    class Meta:
        proxy = True
        verbose_name = "other service"


class PublicPage(Page):
    """A page anybody may keep for a minute: no cookie, public caching and an ETag."""

    promote_panels: ClassVar = [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")]
    settings_panels: ClassVar = []
    show_in_menus_default = False
    private_page_options: ClassVar = []

    class Meta:
        abstract = True

    def get_view_restrictions(self) -> models.QuerySet[PageViewRestriction]:
        """Return none, unasked: what is written here is for everybody, and it is kept by shared caches."""
        return PageViewRestriction.objects.none()

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().serve(request, *args, **kwargs)
        if getattr(request, "is_preview", False) or request.method not in ("GET", "HEAD"):
            return response
        response.render()
        patch_cache_control(response, public=True, max_age=KEPT_FOR_S)
        set_response_etag(response)
        return get_conditional_response(request, etag=response["ETag"], response=response) or response


class HomePage(PublicPage):
    """The front door: search by postcode, what is on today, hubs, and asking for help."""

    heading = models.CharField(max_length=80, default="Find help and things to do near you")
    words = models.CharField(
        "words under the heading",
        max_length=200,
        blank=True,
        help_text="Empty: the council's own, from its settings.",
    )
    highlights = StreamField(
        HighlightBlocks(max_num=6, required=False),
        blank=True,
        help_text="Up to six listings, hubs or articles that you want people to see.",
    )
    highlights_heading = models.CharField(max_length=80, default="Good to know", blank=True)

    template = "cms/home.html"
    parent_page_types: ClassVar = ["wagtailcore.Page"]
    subpage_types: ClassVar = ["cms.ArticlePage", "cms.ArticleIndexPage"]
    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("heading"),
        FieldPanel("words"),
        FieldPanel("highlights_heading"),
        FieldPanel("highlights"),
    ]

    class Meta:
        verbose_name = "home page"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        council = SiteBrand.for_request(request).council
        hubs = list(self._hubs(council))
        chosen = self._chosen(Hub)
        models.prefetch_related_objects([*hubs, *chosen], "opening_hours", "exceptions", "council")
        return {
            **context,
            "words": self.words or (council.welcome if council else ""),
            "today": TodaySessions(council_id=council.pk if council else None),
            "hubs": [HubCard.for_hub(hub) for hub in hubs],
            "highlights": self._highlights(chosen),
            "topics": [
                {
                    "text": topic.name,
                    "url": f"{reverse('find')}?category={topic.slug}",
                    "icon": topic.picture,
                    "tone": topic.tone,
                }
                for topic in Category.objects.filter(parent__isnull=True)
            ],
        }

    def _hubs(self, council: Council | None) -> models.QuerySet[Hub]:
        found = Hub.objects.filter(live=True)
        return (found.filter(council=council) if council else found)[:HUBS_SHOWN]

    def _chosen(self, model: type[models.Model]) -> list[Any]:
        return [block.value for block in self.highlights if isinstance(block.value, model)]

    def _highlights(self, hubs: list[Hub]) -> list[Component]:
        """Return the cards of what editors chose, in their order and with as few queries as for one."""
        cards = dict(cards_of(self._chosen(Service)))
        by_hub = {hub.pk: HubCard.for_hub(hub) for hub in hubs if hub.live}
        drawn = {
            "listing": lambda listing: cards.get(listing.pk),
            "hub": lambda hub: by_hub.get(hub.pk),
            "article": lambda article: ArticleCard.of(article) if article.live else None,
        }
        found = (drawn[block.block_type](block.value) for block in self.highlights if block.value)
        return [card for card in found if card]


@dataclass(frozen=True)
class ArticleCard(Component):
    """A large way to an article."""

    template_name = "components/door_card.html"

    title: str
    url: str
    text: str

    @classmethod
    def of(cls, page: Page) -> "ArticleCard":
        return cls(title=page.title, url=page.get_url(), text=page.specific.summary)

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {"title": self.title, "url": self.url, "text": self.text, "icon": "info", "level": 3}


class ArticlePage(PublicPage):
    """Prose with listings in it."""

    summary = models.CharField(max_length=200, help_text="One or two plain sentences. Shown in lists.")
    body = StreamField(ProseBlocks())

    template = "cms/article.html"
    parent_page_types: ClassVar = ["cms.HomePage", "cms.ArticleIndexPage"]
    subpage_types: ClassVar = []
    content_panels: ClassVar = [*Page.content_panels, FieldPanel("summary"), FieldPanel("body")]

    class Meta:
        verbose_name = "article"


class ArticleIndexPage(PublicPage):
    """A list of articles."""

    summary = models.CharField(max_length=200, blank=True)

    template = "cms/article_index.html"
    parent_page_types: ClassVar = ["cms.HomePage"]
    subpage_types: ClassVar = ["cms.ArticlePage"]
    content_panels: ClassVar = [*Page.content_panels, FieldPanel("summary")]

    class Meta:
        verbose_name = "list of articles"

    @cached_property
    def articles(self) -> models.QuerySet[ArticlePage]:
        return ArticlePage.objects.child_of(self).live().order_by("title")
