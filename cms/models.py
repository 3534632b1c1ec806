"""The site's own settings and pages, and the directory as editors see it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.db import models
from django.db.models import Case, Q, When
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
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


_COMPRESS = GZipMiddleware(lambda request: HttpResponse())


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
        answer = get_conditional_response(request, etag=response["ETag"], response=response) or response
        # Safe to compress: a page for everybody holds no secret that a guess could be measured against.
        _COMPRESS.process_response(request, answer)
        return answer


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
        chosen, nearby = self._hubs(council)
        return {
            **context,
            "words": self.words or (council.welcome if council else ""),
            "today": TodaySessions(council_id=council.pk if council else None),
            "hubs": nearby,
            "highlights": self._highlights(chosen, request),
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

    def _chosen(self, kind: str) -> list[int]:
        """Return the keys of what editors chose, read without fetching the records."""
        return [block["value"] for block in self.highlights.raw_data if block["type"] == kind]

    def _hubs(self, council: Council | None) -> tuple[dict[int, HubCard], list[HubCard]]:
        """Return cards of the hubs that editors chose, by key, and of the first few of the council."""
        chosen = self._chosen("hub")
        here = Q(council=council) if council else Q(pk__isnull=False)
        found = (
            Hub.objects.filter(Q(pk__in=chosen) | here, live=True)
            .order_by(Case(When(pk__in=chosen, then=0), default=1), "name", "pk")
            .select_related("council")
            .prefetch_related("opening_hours", "exceptions")[: len(chosen) + HUBS_SHOWN]
        )
        cards = {hub.pk: HubCard.for_hub(hub) for hub in found}
        nearby = [hub for hub in found if council is None or hub.council_id == council.pk]
        first = sorted(nearby, key=lambda hub: hub.name)[:HUBS_SHOWN]
        return cards, [cards[hub.pk] for hub in first]

    def _highlights(self, hubs: dict[int, HubCard], request: HttpRequest) -> list[Component]:
        """Return the cards of what editors chose, in their order. What is no longer public draws nothing."""
        articles = ArticlePage.objects.live().filter(pk__in=self._chosen("article"))
        cards = {
            "listing": dict(cards_of(self._chosen("listing"))),
            "hub": hubs,
            "article": {page.pk: ArticleCard.of(page, request) for page in articles},
        }
        found = (cards[block["type"]].get(block["value"]) for block in self.highlights.raw_data)
        return [card for card in found if card]


@dataclass(frozen=True)
class ArticleCard(Component):
    """A large way to an article."""

    template_name = "components/door_card.html"

    title: str
    url: str
    text: str

    @classmethod
    def of(cls, page: "ArticlePage", request: HttpRequest) -> "ArticleCard":
        return cls(title=page.title, url=page.get_url(request), text=page.summary)

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
