"""One step of asking for help: its page, posting it, and sending the whole."""

from functools import partial

from django.test import Client

from referrals import drafts
from tests.bench.measuring import Row, measure
from tests.referrals.family import POSTS, answers, dorset, url

POST_TARGET_MS = 100
RUNS = 200


def run() -> list[Row]:
    """Measure through the whole stack but for the network."""
    dorset()
    client = _told()
    waiting = [_told() for _ in range(RUNS // 4)]
    return [
        measure("a question's page", [partial(client.get, url("story"))] * RUNS),
        measure("posting the story", [partial(_post, client, "story")] * RUNS, POST_TARGET_MS),
        measure("posting the postcode", [partial(_post, client, "where")] * RUNS, POST_TARGET_MS),
        measure("the check page", [partial(client.get, "/help/check/")] * RUNS),
        measure("sending", [partial(each.post, "/help/check/") for each in waiting]),
    ]


def _told() -> Client:
    """Return a browser that has answered everything."""
    client = Client()
    client.cookies["fh-draft"] = drafts.start(answers()).secret
    return client


def _post(client: Client, slug: str) -> None:
    response = client.post(url(slug), POSTS[slug])
    if response.status_code != 302:
        raise AssertionError(f"{slug} was not accepted")
