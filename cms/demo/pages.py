"""Fills the website: the home page, a few articles, and one more address for each council's own look."""

from collections.abc import Iterable
from typing import Any, TypeVar

from wagtail.models import Page, Site

from cms.models import ArticleIndexPage, ArticlePage, HomePage, SiteBrand
from directory.models import Category, Service
from hubs.models import Council

Kind = TypeVar("Kind", bound=Page)
Block = dict[str, Any]

LOCAL_ADDRESS = "localhost"


def load(councils: Iterable[Council]) -> None:
    """Bring the pages and sites up to date.

    The main site wears no council's colours, since this demonstration serves three. Each council's own look is at
    an address like dorset.localhost, which browsers take to this machine.
    """
    home = HomePage.objects.get()
    _fill_home(home)
    index = _page(
        ArticleIndexPage, home, "advice", title="Advice", summary="Short answers to what parents ask us most."
    )
    articles = [_article(index, **article) for article in _articles()]
    home.highlights = [
        *({"type": "article", "value": article.pk} for article in articles[:2]),
        *_listings("a-call-back-to-talk-it-through"),
    ]
    home.save()
    for council in councils:
        _site(council, home)


def _fill_home(home: HomePage) -> None:
    home.title = home.draft_title = "Home"
    home.heading = "Find help and things to do near you"
    home.words = "Groups, advice and someone to talk to. For anyone who looks after a child, from bump to 19."
    home.highlights_heading = "Good to know"
    home.search_description = "Find groups and advice for families near you, or ask for help."


def _site(council: Council, home: HomePage) -> None:
    site, _ = Site.objects.update_or_create(
        hostname=f"{council.slug}.{LOCAL_ADDRESS}",
        port=80,
        defaults={"root_page": home, "site_name": council.service_name},
    )
    SiteBrand.objects.update_or_create(site=site, defaults={"council": council})


def _page(kind: type[Kind], parent: Page, slug: str, **fields: Any) -> Kind:
    page = kind.objects.child_of(parent).filter(slug=slug).first()
    if page is None:
        page = kind(slug=slug, **fields)
        return parent.add_child(instance=page)
    for name, value in fields.items():
        setattr(page, name, value)
    page.draft_title = page.title
    page.save()
    return page


def _article(index: ArticleIndexPage, slug: str, title: str, summary: str, body: list[Block]) -> ArticlePage:
    return _page(
        ArticlePage, index, slug, title=title, summary=summary, search_description=summary, body=body
    )


def _chosen(*slugs: str) -> list[Service]:
    return list(Service.objects.listed().filter(slug__in=slugs))


def _listings(*slugs: str) -> list[Block]:
    by_slug = {service.slug: service.pk for service in _chosen(*slugs)}
    return [{"type": "listing", "value": by_slug[slug]} for slug in slugs]


def _text(html: str) -> Block:
    return {"type": "text", "value": html}


def _heading(words: str) -> Block:
    return {"type": "heading", "value": words}


def _topic(slug: str, heading: str, how_many: int = 3) -> Block:
    topic = Category.objects.get(slug=slug)
    return {"type": "topic", "value": {"heading": heading, "topic": topic.pk, "how_many": how_many}}


def _notice(title: str, text: str) -> Block:
    return {"type": "notice", "value": {"kind": "info", "title": title, "text": text}}


def _articles() -> list[dict[str, Any]]:
    return [
        {
            "slug": "what-happens-when-you-ask-for-help",
            "title": "What happens when you ask for help",
            "summary": "Who reads your request, when somebody calls you, and what you can say no to.",
            "body": [
                _text(
                    "<p>You tell us what is going on, in your own words. You only have to tell it once.</p>"
                    "<p>Your request goes to the Family Help team for the area where you live. "
                    "Only that team can read it.</p>"
                ),
                _heading("What happens next"),
                _text(
                    "<ol><li>You get a reference, and the day by which a person will call.</li>"
                    "<li>Somebody from the team reads what you wrote.</li>"
                    "<li>They reach you in the way that you said is safe.</li>"
                    "<li>You decide together what would help. You can say no.</li></ol>"
                ),
                _notice(
                    "Asking does not start an investigation",
                    "Most families who ask get some advice, a group or a visit, and that is all.",
                ),
                _heading("When we have to tell somebody"),
                _text(
                    "<p>If we think that someone may be badly hurt, we may have to tell others without asking you. "
                    "We tell you first if that is safe.</p>"
                ),
            ],
        },
        {
            "slug": "when-sleep-goes-wrong",
            "title": "When your child does not sleep",
            "summary": "Small changes to try tonight, and who can help when nothing works.",
            "body": [
                _text("<p>Broken nights are hard, and very common. You have not done anything wrong.</p>"),
                _heading("Things to try tonight"),
                _text(
                    "<ul><li>Do the same three things before bed each night: bath, story, cuddle.</li>"
                    "<li>Turn screens off an hour before.</li>"
                    "<li>Keep the room dark and a little cool.</li>"
                    "<li>If your child wakes, be calm, kind and boring.</li></ul>"
                ),
                _heading("Get help"),
                _text("<p>Ask a health visitor, or come to a workshop. You can join from home.</p>"),
                *_listings(
                    "sleep-easy-workshop", "healthy-start-baby-clinic", "a-call-back-to-talk-it-through"
                ),
            ],
        },
        {
            "slug": "money-worries",
            "title": "Money worries: where to start",
            "summary": "Three first steps, and people who sit down with you and your letters.",
            "body": [
                _text(
                    "<ol><li>Open the letters, or bring them unopened. We open them with you.</li>"
                    "<li>Check what you can claim. Many families miss out.</li>"
                    "<li>Pay rent, council tax and energy first. Other debts can wait while you get advice.</li></ol>"
                ),
                _topic("money-benefits-housing", "Advice near you", how_many=4),
            ],
        },
    ]
