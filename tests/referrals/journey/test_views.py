"""The pages, as a browser without scripts meets them."""

import html
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from referrals import drafts
from referrals.journey.steps import STEPS
from referrals.models import Draft, Message, QueueEntry, Referral
from tests.referrals.family import POSTS, STORY, tell, url, walk

pytestmark = pytest.mark.usefixtures("council")
COOKIE = settings.DRAFT_COOKIE_NAME
EVERY_PAGE = ["/help/", "/help/before/", "/help/check/", "/help/sent/", "/help/again/", "/help/exit/"]
EVERY_PAGE += [f"/help/q/{step.number}/" for step in STEPS] + [f"/help/p/{n}/" for n in range(1, 5)]


def kept(client):
    """Return the answers behind the client's cookie."""
    return drafts.read(client.cookies[COOKIE].value).answers


def errors(response):
    return [message for messages in response.context["form"].errors.values() for message in messages]


def words(response):
    """Return the text of a page's main part."""
    main = response.content.decode().split("<main")[1]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", main)))


def test_the_whole_way_to_a_receipt(client):
    last = walk(client)
    assert last.url == "/help/check/"
    check = client.get(last.url)
    assert "Robin, 3 years old" in words(check)
    assert "This goes to the Chesil Family Help team" in words(check)

    sent = client.post("/help/check/")
    receipt = client.get(sent.url)

    referral = Referral.objects.get()
    assert sent.url == "/help/sent/"
    assert referral.reference in words(receipt)
    assert "Chesil Family Help team" in words(receipt)
    assert re.search(r"by 5pm on \w+day \d+ \w+", words(receipt))
    assert referral.story["story"] == STORY


def test_every_question_can_be_reached_and_drawn(client):
    for slug, data in POSTS.items():
        page = client.get(url(slug))
        assert page.status_code == 200, slug
        assert "<h1" in page.content.decode()
        client.post(url(slug), data)


def test_every_step_is_committed_as_it_is_taken(client):
    for slug, data in POSTS.items():
        client.post(url(slug), data)

        assert slug in kept(client)


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_nothing_may_be_stored_by_browsers(client, path):
    tell(client)

    response = client.get(path)

    assert response["Cache-Control"] == "no-store"
    assert "ETag" not in response
    assert "Last-Modified" not in response


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_no_page_uses_a_session(client, path):
    tell(client)

    client.get(path)

    assert settings.SESSION_COOKIE_NAME not in client.cookies


def test_titles_and_addresses_are_neutral(client):
    tell(client)
    seen = []
    for path in EVERY_PAGE[2:]:
        response = client.get(path)
        title = re.search(r"<title>(.*?)</title>", response.content.decode(), re.S)
        seen.append((title.group(1) if title else "") + " " + response.get("Location", "") + path)
        for secret in ("Juniper", "Robin", "DT4", "tired", "07700"):
            assert secret not in seen[-1]

    sensitive = (
        "abuse",
        "safe",
        "danger",
        "hurt",
        "child",
        "violence",
        "police",
        "story",
        "phone",
        "worried",
    )
    assert not [each for each in seen if any(word in each.lower() for word in sensitive)]


def test_the_cookie_is_for_this_journey_only(client):
    client.post(url("right-now"), POSTS["right-now"])

    cookie = client.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert not cookie["expires"]
    assert not cookie["max-age"]
    assert not cookie["secure"]
    assert len(cookie.value) >= 43


def test_the_cookie_is_secure_over_https():
    client = Client()

    client.post(url("right-now"), POSTS["right-now"], secure=True)

    assert client.cookies[COOKIE]["secure"]


def test_the_form_token_goes_when_the_browser_closes(client):
    client.get(url("right-now"))

    assert not client.cookies[settings.CSRF_COOKIE_NAME]["max-age"]


def test_public_pages_before_the_questions_set_no_cookie(client):
    client.get("/help/")
    assert not client.cookies

    client.get("/help/before/")
    assert list(client.cookies) == [settings.CSRF_COOKIE_NAME]


# The way through


def test_a_question_further_on_leads_to_the_next_unanswered(client):
    tell(client, until="where")

    assert client.get(url("name")).url == url("where")
    assert client.get("/help/check/").url == url("where")
    assert client.post("/help/check/").url == url("where")
    assert not Referral.objects.exists()


def test_a_question_off_the_path_leads_back_to_it(client):
    tell(client)

    assert client.get(url("town")).url == "/help/check/"
    assert client.get(url("danger-now")).url == "/help/check/"


def test_there_is_no_question_99(client):
    assert client.get("/help/q/99/").status_code == 404
    assert client.get("/help/p/99/").status_code == 404


def test_change_returns_to_the_check_page(client):
    tell(client)

    response = client.post(url("name"), {"name": "Juno"})

    assert response.url == "/help/check/"
    assert "Juno" in words(client.get("/help/check/"))


def test_another_way_to_be_reached_asks_for_its_address_and_then_returns(client):
    tell(client)

    assert client.post(url("way"), {"way": "email"}).url == url("reach")
    assert client.post(url("reach"), {"email": "juniper@example.org"}).url == url("safely")
    assert client.post(url("safely"), {}).url == "/help/check/"
    assert kept(client)["reach"] == {"phone": "", "email": "juniper@example.org", "person": ""}


def test_the_same_way_again_asks_nothing(client):
    tell(client)

    assert client.post(url("way"), {"way": "call"}).url == "/help/check/"


def test_what_was_said_stands_in_the_box_again(client):
    tell(client)

    page = client.get(url("story"))

    assert html.unescape(page.content.decode()).count(STORY) == 1


def test_back_links_lead_to_the_question_before(client):
    tell(client)

    assert client.get(url("where")).context["back_url"] == url("who")
    assert client.get("/help/check/").context["back_url"] == url("sharing")


def test_danger_now_shows_numbers_and_can_still_ask_for_a_call(client):
    walk(client, until="who", right_now={"danger": "now"})

    page = words(client.get(url("danger-now")))
    for number in ("999", "55", "0800 1111", "0808 2000 247", "01632 96000"):
        assert number in page
    assert client.post(url("danger-now"), {"also_call": "yes"}).url == url("who")


@pytest.mark.parametrize(
    ("steps", "end"),
    [
        ({"right-now": {"danger": "now"}, "danger-now": {"also_call": "no"}}, 1),
        ({"who": {"asking_for": "another"}, "agreed": {"family_agrees": "not_yet"}}, 2),
        ({"who": {"asking_for": "another"}, "agreed": {"family_agrees": "not_safe"}}, 3),
        ({"where": {"postcode": "EH1 1AA"}}, 4),
    ],
)
def test_ends_say_what_to_do_and_queue_nothing(client, steps, end):
    tell(client)
    for slug, data in steps.items():
        response = client.post(url(slug), data)

    assert response.url == f"/help/p/{end}/"
    assert "Nothing has been sent" in words(client.get(response.url)).replace(
        "You have not sent", "Nothing has been sent"
    )
    assert client.post("/help/check/").url == f"/help/p/{end}/"
    assert not Referral.objects.exists()


def test_people_elsewhere_are_given_national_numbers_only(client):
    walk(client, until="story", where={"postcode": "EH1 1AA"})

    page = words(client.get("/help/p/4/"))

    for number in ("999", "0800 1111", "0808 2000 247"):
        assert number in page
    assert "01632" not in page


def test_the_story_page_says_where_it_goes(client):
    tell(client, until="story")

    assert "This goes to the Chesil Family Help team" in words(client.get(url("story")))


@pytest.mark.parametrize("home", ["no_fixed", "secret"])
def test_people_without_a_postcode_choose_a_town(client, home):
    walk(client, until="story", where={"home": home, "postcode": "anything at all"})

    assert client.post(url("town"), {"town": "Weymouth, Dorset"}).url == url("story")
    assert kept(client)["where"]["postcode"] == ""


# Children


def add_child(client, name):
    return client.post(url("children"), {"first_name": name, "known": "age", "age": "3"})


def keys(client):
    return [child["key"] for child in kept(client)["children"]]


def test_children_are_added_changed_and_removed(client):
    tell(client, until="more-children")
    assert client.post(url("more-children"), {"another": "yes"}).url == url("children")
    add_child(client, "Wren")
    robin, wren = keys(client)

    changed = client.post(url("children", wren), {"first_name": "Wrenna", "known": "age", "age": "4"})
    removed = client.post(url("children", robin) + "remove/")

    assert changed.url == removed.url == url("more-children")
    assert "Wrenna, 4 years old" in words(client.get(url("more-children")))
    assert keys(client) == [wren]


def test_somebody_who_went_back_from_the_list_of_children_can_go_on_without_another(client):
    tell(client, until="more-children")
    page = client.get(url("children")).content.decode()
    assert "No other child" in page and f'action="{url("more-children")}"' in page

    response = client.post(url("more-children"), {"another": "no"})

    assert response.url == url("name")
    assert len(keys(client)) == 1


def test_going_on_without_another_child_is_offered_only_where_one_is_added(client):
    tell(client, until="children")
    assert "No other child" not in client.get(url("children")).content.decode()

    add_child(client, "Robin")

    assert "No other child" not in client.get(url("children", keys(client)[0])).content.decode()
    assert "No other child" in client.post(url("children"), {}).content.decode()


def test_removing_asks_first(client):
    tell(client)

    page = client.get(url("children", keys(client)[0]) + "remove/")

    assert "Remove Robin, 3 years old ?" in words(page)
    assert len(keys(client)) == 1


def test_removing_the_last_child_asks_for_one_again(client):
    tell(client)

    response = client.post(url("children", keys(client)[0]) + "remove/")

    assert response.url == url("children")


def test_removing_twice_takes_one(client):
    tell(client, until="more-children")
    add_child(client, "Wren")
    robin, wren = keys(client)

    for _ in range(2):
        client.post(url("children", robin) + "remove/")

    assert keys(client) == [wren]


def test_a_child_that_is_not_there_leads_on(client):
    tell(client)

    assert client.get(url("children", 77)).url == "/help/check/"
    assert client.get(url("name", 77)).url == "/help/check/"
    assert client.get(url("children", 77) + "remove/").url == "/help/check/"


def test_adding_a_child_later_comes_back_by_the_list(client):
    tell(client)

    assert add_child(client, "Wren").url == url("more-children")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({}, "Select how you would like to say how old they are"),
        ({"known": "age", "age": "3"}, "Enter the child’s first name"),
        ({"first_name": "R", "known": "age"}, "Enter an age in years. For a baby under 1, enter 0"),
        ({"first_name": "R", "known": "age", "age": "three"}, "number of years"),
        ({"first_name": "R", "known": "age", "age": "٣"}, "number of years"),
        ({"first_name": "R", "known": "age", "age": "99"}, "up to 25"),
        ({"first_name": "R", "known": "age", "age": "9" * 5_000}, "20 characters or fewer"),
        ({"first_name": "R", "known": "born"}, "Enter a date of birth"),
        (
            {"first_name": "R", "known": "born", "born_0": "31", "born_1": "2", "born_2": "2021"},
            "must be a real date, like 27 3 2021",
        ),
        ({"first_name": "R", "known": "born", "born_0": "3", "born_2": "2021"}, "must have a month"),
        (
            {"first_name": "R", "known": "born", "born_0": "1", "born_1": "1", "born_2": "9999"},
            "must be in the past",
        ),
        ({"first_name": "R", "known": "born", "born_0": "1", "born_1": "1", "born_2": "1950"}, "up to 25"),
        ({"known": "due", "due_0": "1", "due_1": "1", "due_2": "2001"}, "next 10 months"),
    ],
)
def test_a_childs_age_is_asked_for_again(client, data, problem):
    tell(client, until="children")

    response = client.post(url("children"), data)

    assert response.status_code == 200
    assert any(problem in message for message in errors(response)), errors(response)


def test_boxes_of_other_choices_are_not_judged(client):
    tell(client, until="children")

    response = client.post(
        url("children"),
        {"first_name": "Robin", "known": "age", "age": "3", "born_0": "99", "due_2": "nonsense"},
    )

    assert response.url == url("more-children")
    assert kept(client)["children"][0]["born"] == ""


def test_a_month_may_be_a_word(client):
    tell(client, until="children")
    client.post(
        url("children"),
        {"first_name": "R", "known": "born", "born_0": "27", "born_1": "March", "born_2": "2021"},
    )

    assert kept(client)["children"][0]["born"] == "2021-03-27"


# Bad input


@pytest.mark.parametrize("slug", [slug for slug in POSTS if slug not in ("safely",)])
def test_an_empty_form_says_what_to_do_and_links_to_the_box(client, slug):
    walk(client, until=slug)

    response = client.post(url(slug), {})

    page = response.content.decode()
    assert response.status_code == 200
    assert "<title>Error: " in page
    target = re.search(r'govuk-error-summary__list.*?href="#([^"]+)"', page, re.S).group(1)
    assert f'id="{target}"' in page
    assert slug not in kept(client) if client.cookies.get(COOKIE) else True


@pytest.mark.parametrize("typed", ["zebra", "DT", "🙂", "x" * 10_000, "BF1 3AA", "ZZ99 9ZZ", "' OR 1=1 --"])
def test_a_bad_postcode_is_explained_and_kept(client, typed):
    tell(client, until="where")

    response = client.post(url("where"), {"postcode": typed})

    assert response.status_code == 200
    assert len(errors(response)) == 1
    assert f'value="{html.escape(typed)}"' in response.content.decode().replace("&#39;", "&#x27;")


@pytest.mark.parametrize("typed", ["dt4 9zz", "DT49ZZ", " d t 4 9 z z ", "DT4 9zz.", "dt4  9ZZ"])
def test_postcodes_are_read_as_people_type_them(client, typed):
    tell(client, until="where")

    client.post(url("where"), {"postcode": typed})

    assert kept(client)["where"]["postcode"] == "DT49ZZ"


def test_a_story_at_the_limit_is_taken_and_one_over_is_kept_in_the_box(client):
    tell(client, until="story")
    over = "a" * 4_999 + "\r\nb"

    refused = client.post(url("story"), {"story": over})
    assert "5,000 characters or fewer. It is 1 too long" in errors(refused)[0]
    assert over.replace("\r\n", "\n") in refused.content.decode().replace("\r\n", "\n")

    assert client.post(url("story"), {"story": over[:-1]}).status_code == 302


def test_line_ends_count_once(client):
    tell(client, until="story")

    client.post(url("story"), {"story": "a\r\n" * 2_499 + "bb"})

    assert len(kept(client)["story"]["story"]) == 5_000


def test_text_that_cannot_be_printed_is_cleaned(client):
    tell(client, until="story")

    client.post(url("story"), {"story": "a\x00b\x07c\td\u202ee e\u0301 👩‍👩‍👧\x85"})

    assert kept(client)["story"]["story"] == "abc\td\u202ee \u00e9 👩‍👩‍👧"


@pytest.mark.parametrize("typed", ["0770", "not a phone", "999"])
def test_a_bad_phone_is_explained(client, typed):
    tell(client, until="reach")

    response = client.post(url("reach"), {"phone": typed})

    assert "07700 900 982" in errors(response)[0]
    assert f'value="{typed}"' in response.content.decode()


def test_an_extension_is_taken_shown_and_stands_in_the_box_again(client):
    tell(client)

    client.post(url("reach"), {"phone": "01632 960001 ext 5"})

    assert "01632 960001 ext. 5" in words(client.get("/help/check/"))
    assert 'value="+441632960001 ext. 5"' in client.get(url("reach")).content.decode()
    client.post("/help/check/")
    assert Referral.objects.get().contact["phone"] == "+441632960001 ext. 5"


def test_a_bad_email_is_explained(client):
    walk(client, until="reach", way={"way": "email"})

    response = client.post(url("reach"), {"email": "juniper@"})

    assert "name@example.org" in errors(response)[0]


def test_someone_trusted_needs_a_name_and_one_way(client):
    walk(client, until="reach", way={"way": "someone"})

    assert "Enter the name" in errors(client.post(url("reach"), {"phone": "07700 900001"}))[0]
    assert "or their email" in errors(client.post(url("reach"), {"person": "Gran"}))[0]
    assert client.post(url("reach"), {"person": "Gran", "email": "gran@example.org"}).status_code == 302


def test_saying_nothing_of_safety_means_not_safe(client):
    tell(client, until="safely")

    client.post(url("safely"), {})

    assert kept(client)["safely"] == {
        "leave_message": "no",
        "say_who": "no",
        "times": "",
        "anything_else": "",
    }


def test_nothing_is_sent_without_agreement(client):
    tell(client, until="agreement")

    assert (
        "only send your request if you say yes" in errors(client.post(url("agreement"), {"agreed": "no"}))[0]
    )


def test_fields_nobody_asked_for_are_ignored(client):
    tell(client)
    client.post(url("name"), {"name": "Juno", "urgency": "0", "locality": "1", "key": "5", "served": "x"})

    assert kept(client)["name"] == {"name": "Juno"}


def test_too_many_fields_are_refused(client):
    assert client.post(url("right-now"), {f"f{n}": "x" for n in range(1_001)}).status_code == 400


# Drafts that are gone


def lose(client):
    Draft.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def forget(client):
    del client.cookies[COOKIE]


def scramble(client):
    client.cookies[COOKIE] = "not-a-secret"


@pytest.mark.parametrize("gone", [lose, forget, scramble])
def test_a_page_of_a_lost_draft_leads_to_a_kind_one(client, gone):
    tell(client)
    gone(client)

    for path in (url("story"), "/help/check/", "/help/sent/"):
        assert client.get(path).url == "/help/again/"
    assert client.post("/help/check/").url == "/help/again/"
    assert "We cannot find your answers" in words(client.get("/help/again/"))
    assert not Referral.objects.exists()


@pytest.mark.parametrize("gone", [lose, forget, scramble])
def test_what_is_posted_after_a_loss_is_kept(client, gone):
    tell(client, until="story")
    gone(client)

    response = client.post(url("story"), {"story": STORY})

    assert response.url == "/help/again/"
    assert "We kept what you just wrote" in words(client.get("/help/again/"))
    assert client.get("/help/again/").context["onward"] == url("right-now")
    assert kept(client) == {"story": {"story": STORY}}


def test_a_kept_story_is_not_asked_for_again(client):
    client.post(url("story"), {"story": STORY})
    walk(client, until="story")

    assert client.get("/help/check/").url == url("children")


def test_a_form_that_cannot_be_trusted_keeps_every_word():
    client = Client(enforce_csrf_checks=True)

    response = client.post(url("story"), {"story": STORY})

    assert response.status_code == 403
    assert STORY in html.unescape(response.content.decode())
    assert "press Continue once more" in words(response)
    assert not Draft.objects.exists()
    token = client.cookies[settings.CSRF_COOKIE_NAME].value
    again = client.post(url("story"), {"story": STORY, "csrfmiddlewaretoken": token})
    assert again.status_code == 302


def test_another_sites_form_is_not_shown():
    client = Client(enforce_csrf_checks=True)

    response = client.post(url("story"), {"story": "planted"}, headers={"origin": "https://evil.example"})

    assert response.status_code == 403
    assert "planted" not in response.content.decode()


def test_nothing_is_sent_by_another_sites_form(client):
    tell(client)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies

    assert strict.post("/help/check/").status_code == 403
    assert not Referral.objects.exists()


# Somebody else starts in the same browser


@pytest.mark.parametrize("until", ["who", "name", None])
def test_the_pages_before_the_questions_are_the_same_with_and_without_a_draft(client, until):
    fresh = [words(Client().get(path)) for path in ("/help/", "/help/before/")]
    tell(client, until=until)

    assert [words(client.get(path)) for path in ("/help/", "/help/before/")] == fresh


def test_starting_shreds_an_unfinished_draft_and_shows_an_empty_first_question(client):
    tell(client)
    secret = client.cookies[COOKIE].value
    assert "checked" in client.get(url("right-now")).content.decode()

    response = client.post("/help/before/")

    assert response.url == url("right-now")
    assert not client.cookies[COOKIE].value
    assert drafts.read(secret) is None
    assert not Draft.objects.exists()
    assert "checked" not in client.get(url("right-now")).content.decode()
    assert client.get(url("story")).url == "/help/again/"


def test_looking_at_the_pages_before_the_questions_shreds_nothing(client):
    tell(client)

    client.get("/help/")
    client.get("/help/before/")

    assert kept(client)["story"]["story"] == STORY


def test_starting_after_sending_takes_the_receipt_away(client):
    walk(client)
    client.post("/help/check/")

    client.post("/help/before/")

    assert client.get("/help/sent/").url == "/help/again/"
    assert Referral.objects.count() == 1


def test_starting_takes_nobody_elses_draft(client):
    tell(client)

    Client().post("/help/before/")

    assert Draft.objects.count() == 1


def test_no_link_back_leads_from_a_draft_to_the_page_that_shreds_it(client):
    assert 'href="/help/before/"' in client.get(url("right-now")).content.decode()
    tell(client)

    assert 'href="/help/before/"' not in client.get(url("right-now")).content.decode()


def test_a_start_that_cannot_be_trusted_asks_once_more_and_shreds_nothing(client):
    tell(client)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies

    response = strict.post("/help/before/")

    assert response.status_code == 403
    assert "press Continue once more" in words(response)
    assert Draft.objects.exists()
    again = {"csrfmiddlewaretoken": strict.cookies[settings.CSRF_COOKIE_NAME].value}
    assert strict.post("/help/before/", again).url == url("right-now")


def test_hours_in_the_councils_words_begin_a_sentence(client):
    tell(client)
    client.post("/help/check/")

    assert re.search(r"children’s services\. In words", words(client.get("/help/sent/")))


def test_the_receipt_says_that_the_team_can_read_it(client):
    tell(client)
    client.post("/help/check/")

    assert "queue now. Only the people in that team can read it." in words(client.get("/help/sent/"))


# Windows, Back and double sends


def in_two_windows(*, until=None):
    """Return a browser that checks form tokens, and the token that its first window holds."""
    browser = Client(enforce_csrf_checks=True)
    tell(browser, until=until)
    browser.get(url("right-now"))
    return browser, browser.cookies[settings.CSRF_COOKIE_NAME].value


def start_again(browser, token):
    browser.post("/help/before/", {"csrfmiddlewaretoken": token})
    browser.get(url("right-now"))


def leave(browser, token):
    browser.get("/help/exit/")


def start_again_and_answer(browser, token):
    start_again(browser, token)
    fresh = browser.cookies[settings.CSRF_COOKIE_NAME].value
    browser.post(url("right-now"), {"danger": "no", "csrfmiddlewaretoken": fresh})


@pytest.mark.parametrize("other_window", [start_again, leave, start_again_and_answer])
def test_a_window_is_told_that_its_answers_went_in_another_one_and_keeps_its_words(other_window):
    browser, token = in_two_windows(until="story")
    other_window(browser, token)

    response = browser.post(url("story"), {"story": STORY, "csrfmiddlewaretoken": token})

    assert response.status_code == 403
    assert "Your earlier answers are gone" in words(response)
    assert "Somebody started again" in words(response) and "long time" not in words(response)
    assert STORY in html.unescape(response.content.decode())
    fresh = browser.cookies[settings.CSRF_COOKIE_NAME].value
    browser.post(url("story"), {"story": STORY, "csrfmiddlewaretoken": fresh})
    assert kept(browser)["story"] == {"story": STORY}


@pytest.mark.parametrize("other_window", [start_again, leave, start_again_and_answer])
def test_a_window_about_to_send_is_told_that_its_answers_went_in_another_one(other_window):
    browser, token = in_two_windows()
    other_window(browser, token)

    response = browser.post("/help/check/", {"csrfmiddlewaretoken": token})

    assert response.status_code == 403
    assert "We cannot find your answers" in words(response)
    assert "somebody starts again in this browser" in words(response)
    assert not Referral.objects.exists()


def test_answers_that_are_still_there_are_not_said_to_be_gone():
    browser, _ = in_two_windows()

    response = browser.post(url("story"), {"story": STORY})

    assert "press Continue once more" in words(response) and "are gone" not in words(response)
    assert "We cannot find" not in words(browser.post("/help/check/"))


def test_two_windows_keep_each_others_answers(client):
    tell(client, until="story")
    other = Client()
    other.cookies[COOKIE] = client.cookies[COOKIE].value

    client.post(url("story"), {"story": STORY})
    other.post(url("name"), {"name": "Juniper"})

    assert {"story", "name"} <= set(kept(client))


def test_sending_twice_shows_the_same_receipt(client):
    tell(client)
    client.post("/help/check/")
    reference = Referral.objects.get().reference

    again = client.post("/help/check/")

    assert again.url == "/help/sent/"
    assert reference in words(client.get(again.url))
    assert Referral.objects.count() == QueueEntry.objects.count() == Message.objects.count() == 1


def test_a_send_that_was_cut_off_is_made_good(client, monkeypatch):
    tell(client)
    monkeypatch.setattr(drafts, "settle", lambda *args: (_ for _ in ()).throw(ConnectionError))
    with pytest.raises(ConnectionError):
        client.post("/help/check/")
    monkeypatch.undo()

    assert client.post("/help/check/").url == "/help/sent/"
    assert Referral.objects.count() == 1


def test_after_sending_no_answer_can_be_seen(client):
    tell(client)
    client.post("/help/check/")

    for step in STEPS[1:]:
        assert client.get(f"/help/q/{step.number}/").url == "/help/sent/"
    first = client.get(url("right-now")).content.decode()
    assert "checked" not in first
    for page in (first, client.get("/help/sent/").content.decode()):
        assert not [word for word in ("Juniper", "Robin", "tired", "07700", "DT4 9ZZ") if word in page]


def test_another_request_can_be_begun_after_one_is_sent(client):
    tell(client)
    client.post("/help/check/")

    walk(client)
    client.post("/help/check/")

    assert Referral.objects.count() == 2


def test_sending_changes_the_cookie_so_that_back_shows_nothing(client):
    tell(client)
    before = client.cookies[COOKIE].value

    client.post("/help/check/")

    assert client.cookies[COOKIE].value != before
    assert client.cookies[COOKIE].value.startswith(before)


def test_people_who_will_ring_are_told_before_sending_that_nobody_contacts_them_first(client):
    tell(client)
    assert "gets in touch in the way you chose" in words(client.get("/help/check/"))

    client.post(url("way"), {"way": "ring"})

    page = words(client.get("/help/check/"))
    assert "waits for you to ring. We do not contact you first" in page
    assert "gets in touch" not in page


def test_people_who_will_ring_are_given_a_number(client):
    walk(client, until="reach", way={"way": "ring"})
    for slug in ("agreement", "sharing"):
        client.post(url(slug), POSTS[slug])
    client.post("/help/check/")

    page = words(client.get("/help/sent/"))
    assert "01632 960003" in page
    assert "We do not contact you first" in page


# Leaving


def test_leaving_shreds_the_draft_and_forgets_the_cookies(client):
    tell(client)

    response = client.get("/help/exit/")

    assert (response.status_code, response.url) == (303, settings.EXIT_URL)
    assert not Draft.objects.exists()
    for name in (COOKIE, settings.CSRF_COOKIE_NAME):
        assert (response.cookies[name].value, response.cookies[name]["max-age"]) == ("", 0)


def test_another_site_cannot_make_somebody_lose_their_words(client):
    tell(client)

    response = client.get("/help/exit/", headers={"sec-fetch-site": "cross-site"})

    assert response.status_code == 303
    assert not response.cookies
    assert "story" in kept(client)


def test_leaving_takes_only_ones_own_draft(client):
    tell(Client())
    tell(client)

    client.get("/help/exit/")

    assert Draft.objects.count() == 1


@pytest.mark.parametrize("path", [path for path in EVERY_PAGE if path not in ("/help/", "/help/exit/")])
def test_every_page_has_a_way_out(client, path):
    tell(client)

    response = client.get(path, follow=True)

    assert 'href="/help/exit/"' in response.content.decode()


# What browsers may fill in


def test_browsers_do_not_remember_or_check_what_is_private(client):
    tell(client)

    story = client.get(url("story")).content.decode()
    box = re.search(r"<textarea[^>]*>", story).group(0)
    assert 'spellcheck="false"' in box
    assert 'autocomplete="off"' in box
    for slug, token in (("name", "given-name"), ("reach", "tel"), ("where", "postal-code")):
        assert f'autocomplete="{token}"' in client.get(url(slug)).content.decode()
    child = client.get(url("children")).content.decode()
    assert all('autocomplete="off"' in box for box in re.findall(r'<input[^>]*type="text"[^>]*>', child))


# Speed


def test_a_step_asks_the_database_little(client, django_assert_max_num_queries):
    tell(client, until="name")
    client.get(url("name"))

    with django_assert_max_num_queries(6):
        client.post(url("name"), POSTS["name"])
    with django_assert_max_num_queries(8):
        client.get(url("way"))
