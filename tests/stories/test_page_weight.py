"""What a first visit costs a parent on pay-as-you-go: pages stay small on the wire."""

from urllib.parse import urlsplit

import brotli
import pytest

MOST_BYTES = 44_000
"""45 kB, less what the longer headers of a real web server add."""

pytestmark = [pytest.mark.usefixtures("demo")]


def on_the_wire(response) -> int:
    """Return the bytes of an answer with its headers, static files compressed as a council serves them."""
    sizes = response.request.sizes()
    body = sizes["responseBodySize"]
    path = urlsplit(response.url).path
    if path.startswith("/static/") and not path.endswith(".woff2"):
        body = len(brotli.compress(response.body()))
    return sizes["responseHeadersSize"] + body


def test_first_visits_are_light(new_page):
    weights = {}
    for path in ("/", "/find/", "/find/?near=DT4+9ZZ", "/find/tiny-toes-baby-group/"):
        page, answers = new_page(), []
        page.on("response", lambda answer, answers=answers: answers.append(answer))
        page.goto(path, wait_until="networkidle")
        weights[path] = {urlsplit(answer.url).path: on_the_wire(answer) for answer in answers}

    assert all(
        {"/static/app.css", "/static/app.js", "/static/icons.svg"} <= set(each) for each in weights.values()
    )
    assert max(sum(each.values()) for each in weights.values()) <= MOST_BYTES, weights
