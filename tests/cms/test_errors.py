"""What people see, and what the log says, when more was sent than we read or it made no sense."""

import io
import logging.config

import pytest
from django.conf import settings as django_settings
from django.test import Client

from referrals.models import Draft
from tests.cms.conftest import in_group
from tests.referrals.family import STORY, dorset, tell, url
from tests.signin import sign_in

A_LOT = STORY + "x" * 2_500_000


@pytest.fixture
def logged(settings):
    """Everything that our logging writes, as text."""
    stream = io.StringIO()
    console = {**settings.LOGGING["handlers"]["console"], "stream": stream}
    logging.config.dictConfig({**settings.LOGGING, "handlers": {"console": console}})
    yield stream
    logging.config.dictConfig(django_settings.LOGGING)


@pytest.fixture(params=[True, False], ids=["with a form token", "without one"])
def family(request, db):
    """A browser that has come to the story, as strict about form tokens as the site is."""
    dorset()
    client = Client(enforce_csrf_checks=True)
    tell(client, until="story")
    if request.param:
        client.get(url("story"))
    return client


def test_a_story_that_is_far_too_long_is_explained_and_what_was_told_before_is_kept(family):
    response = family.post(url("story"), {"story": A_LOT})

    page = response.content.decode()
    assert response.status_code == 413
    assert "<h1>That was too long to send</h1>" in page
    assert "What you told us on earlier pages is still here" in page
    assert f'href="{url("story")}"' in page
    assert 'href="/help/exit/"' in page
    assert response["Cache-Control"] == "no-store"
    assert Draft.objects.count() == 1
    assert family.get(url("story")).status_code == 200


def test_the_log_says_so_in_a_line_without_a_word_of_it_or_a_traceback(family, logged):
    family.post(url("story"), {"story": A_LOT})

    written = logged.getvalue()
    assert "Request body exceeded" in written
    assert "Traceback" not in written
    assert not [word for word in ("tired", "Robin", "xxx") if word in written]


def test_a_fault_of_ours_still_leaves_its_traceback(logged):
    try:
        raise ValueError("ours")
    except ValueError:
        logging.getLogger("django.request").exception("It failed")

    assert "Traceback" in logged.getvalue()


@pytest.mark.django_db
def test_a_refused_page_is_a_line_in_the_log_without_a_traceback(client, logged):
    sign_in(client, in_group("Partners"))

    response = client.get("/admin/users/")

    written = logged.getvalue()
    assert response.status_code == 403
    assert "Forbidden (Permission denied): /admin/users/" in written
    assert "Traceback" not in written


@pytest.mark.django_db
def test_a_form_with_too_many_fields_keeps_the_way_out(client):
    response = client.post(url("story"), {f"f{n}": "x" for n in range(1_001)})

    page = response.content.decode()
    assert response.status_code == 400
    assert "We could not read that request" in page
    assert 'href="/help/exit/"' in page


@pytest.mark.django_db
def test_elsewhere_on_the_site_it_is_explained_too(client):
    response = client.post("/account/sign-in/", {"login": A_LOT})

    page = response.content.decode()
    assert response.status_code == 413
    assert "That was too long to send" in page
    assert "/help/exit/" not in page
