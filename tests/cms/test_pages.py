"""The home page and articles as a visitor gets them."""

import pytest
from django.urls import reverse
from wagtail.models import Page, Site

from cms.models import ArticleIndexPage, ArticlePage, HomePage, SiteBrand
from directory.models import Service
from tests.cms.conftest import make_listing
from tests.factories.directory import CategoryFactory

LISTING_TEXT = "Toys, songs and a cup of tea."


@pytest.fixture
def home(world):
    home = HomePage.objects.get()
    brand = SiteBrand.for_site(Site.objects.get())
    brand.council = world.council
    brand.save()
    return home


def article(parent, *body, **fields):
    fields = {"title": "Feeding your baby", "slug": "feeding", "summary": "Where to get help.", **fields}
    return parent.add_child(instance=ArticlePage(body=list(body), **fields))


def test_the_home_page_is_the_root_and_the_tree_is_sound():
    assert Page.find_problems() == ([], [], [], [], [])


def test_home_needs_at_most_twelve_queries(world, home, client, django_assert_max_num_queries):
    home.highlights = [("listing", Service.objects.get(pk=world.mine["activity"].pk)), ("hub", world.hub)]
    home.save()
    client.get("/")

    with django_assert_max_num_queries(12):
        page = client.get("/").content.decode()

    assert "Our Hub" in page
    assert "Our activity" in page


def test_home_is_public_has_an_etag_and_sets_no_cookie(home, client):
    first = client.get("/")
    again = client.get("/", headers={"if-none-match": first["ETag"]})

    assert "public" in first["Cache-Control"]
    assert not first.cookies
    assert "Cookie" not in first.get("Vary", "")
    assert (again.status_code, again.content) == (304, b"")


def test_home_leads_to_search_what_is_on_hubs_and_help(home, client):
    page = client.get("/").content.decode()

    assert f'action="{reverse("find")}"' in page
    for name in ("journey:start", "whats-on", "hubs"):
        assert f'href="{reverse(name)}"' in page


def test_an_article_draws_listings_hubs_and_topics(world, home, client):
    listing = Service.objects.get(pk=world.mine["activity"].pk)
    topic = CategoryFactory(name="Infant feeding", slug="infant-feeding")
    listing.categories.add(topic)
    listing.save()
    page = article(
        home,
        ("heading", "What is there"),
        ("text", '<p>Come as you are. <a href="https://example.org/">More</a></p>'),
        ("notice", {"kind": "info", "title": "", "text": "Closed in August."}),
        ("numbers", None),
        ("contact", {"title": "Feeding line", "phone": "01632 960123", "hours": "", "email": ""}),
        ("hub", world.hub),
        ("topic", {"heading": "Near you", "topic": topic, "how_many": 3}),
    )

    text = client.get(page.url).content.decode()

    for words in ("What is there", "Closed in August.", "999", "01632 960123", "Our Hub", "Our activity"):
        assert words in text
    assert "Other activity" not in text


def test_an_article_leaves_out_a_listing_that_is_not_public(world, home, client):
    listing = Service.objects.get(pk=world.mine["activity"].pk)
    page = article(home, ("listing", listing))
    assert "Our activity" in client.get(page.url).content.decode()

    listing.unpublish()

    assert "Our activity" not in client.get(page.url).content.decode()


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        '<a href="javascript:alert(1)">x</a>',
        '<img src=x onerror="alert(1)">',
        '<svg onload="alert(1)"></svg>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    ],
)
def test_what_an_editor_pastes_is_inert(world, home, client, written):
    page = article(
        home, ("notice", {"kind": "info", "title": written, "text": written}), ("heading", written)
    )

    text = client.get(page.url).content.decode()

    assert written not in text
    assert client.get(page.url)["Content-Security-Policy"].count("unsafe-inline") == 0


def test_a_list_of_articles_holds_its_own_live_ones(home, client):
    shelf = home.add_child(instance=ArticleIndexPage(title="Guides", slug="guides"))
    article(shelf)
    article(shelf, title="Not yet", slug="not-yet", live=False)

    text = client.get(shelf.url).content.decode()

    assert "Feeding your baby" in text
    assert "Not yet" not in text


def test_robots_are_kept_out_of_everything_private(client, db):
    text = client.get("/robots.txt").content.decode()

    for path in ("/help/", "/desk/", "/admin/", "/account/"):
        assert f"Disallow: {path}\n" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text


def test_the_sitemap_holds_pages_listings_and_hubs_that_are_public(world, home, client):
    article(home)
    make_listing(Service, "Hidden", world.hub, world.mine["organisation"], world.council, live=False)

    text = client.get("/sitemap.xml").content.decode()

    for path in ("/feeding/", "/find/our-activity/", "/hubs/our-hub/"):
        assert path in text
    assert "hidden" not in text


def test_pages_travel_compressed(client):
    response = client.get("/", headers={"accept-encoding": "gzip"})

    assert response["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response["Vary"]
