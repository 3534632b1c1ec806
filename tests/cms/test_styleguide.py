"""The style guide shows every component, and each says what it takes."""

import re
from pathlib import Path

import pytest

from cms.styleguide_examples import SAMPLE_PAGES, SECTIONS

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
COMPONENTS = sorted(path.name for path in (TEMPLATES / "components").glob("*.html"))
INCLUDED = re.compile(r'include "components/([\w]+\.html)"')


def shown():
    """Return the files that the guide's examples and samples draw, with what those include in turn."""
    frames = [TEMPLATES / name for name in ("base.html", "journey_base.html", "desk_base.html")]
    reached = {example.file for section in SECTIONS for example in section.examples}
    for page in [*frames, *(TEMPLATES / "styleguide").glob("*.html")]:
        reached |= set(INCLUDED.findall(page.read_text()))
    while True:
        found = {
            name
            for file in reached
            for name in INCLUDED.findall((TEMPLATES / "components" / file).read_text())
        }
        if found <= reached:
            return reached
        reached |= found


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_component_is_shown(component):
    assert component in shown()


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_component_says_what_it_takes(component):
    assert "{% comment %}" in (TEMPLATES / "components" / component).read_text()


def test_the_guide_draws(client, db):
    response = client.get("/styleguide/")

    assert response.status_code == 200
    assert b"service_card.html" in response.content


@pytest.mark.parametrize("name", list(SAMPLE_PAGES))
def test_a_sample_page_draws(client, db, name):
    response = client.get("/styleguide/", {"page": name})

    assert response.status_code == 200
    assert response.content.count(b"<h1") == 1


def test_an_unknown_sample_is_not_found(client, db):
    assert client.get("/styleguide/", {"page": "nothing"}).status_code == 404
