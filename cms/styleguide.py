"""Every component with examples, and sample pages made of them."""

import re
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template, render_to_string
from django.utils.safestring import SafeString

from .styleguide_examples import SAMPLE_PAGES, SECTIONS, Example, ExampleForm, Section

COLOURS = [
    "brand",
    "brand-dark",
    "brand-tint",
    "brand-line",
    "accent",
    "accent-tint",
    "paper",
    "surface",
    "ink",
    "ink-soft",
    "line",
    "edge",
    "warm",
    "warm-tint",
    "plum",
    "plum-tint",
    "leaf",
    "leaf-tint",
    "gold",
    "error",
    "error-tint",
    "success",
    "focus",
]


def styleguide(request: HttpRequest) -> HttpResponse:
    """Draw the page of components, or with `?page=home` a sample page."""
    if name := request.GET.get("page"):
        return _sample(request, name)
    context = {
        "sections": [_drawn(request, section) for section in SECTIONS],
        "samples": list(SAMPLE_PAGES),
        "form": ExampleForm(auto_id="example_%s"),
        "wrong": ExampleForm(data={"name": "Juniper"}, auto_id="wrong_%s"),
        "colours": COLOURS,
    }
    # The pieces beside a real page's own search box and errors must not share its ids or its title.
    return render(request, "styleguide/index.html", {**context, "example": context.pop("form")})


def _sample(request: HttpRequest, name: str) -> HttpResponse:
    if name not in SAMPLE_PAGES:
        raise Http404
    context = {key: value() if callable(value) else value for key, value in SAMPLE_PAGES[name].items()}
    return render(request, f"styleguide/sample_{name.replace('-', '_')}.html", context)


def _drawn(request: HttpRequest, section: Section) -> dict[str, Any]:
    return {"section": section, "examples": [_draw(request, example) for example in section.examples]}


def _draw(request: HttpRequest, example: Example) -> dict[str, Any]:
    file = f"components/{example.file}"
    return {
        "file": file,
        "note": example.note,
        "about": _about(file),
        "drawn": SafeString(render_to_string(file, example.context, request)),
    }


def _about(file: str) -> str:
    """Return the comment at the top of a component, which names its variables."""
    source = Path(get_template(file).origin.name).read_text()  # type: ignore[attr-defined]
    found = re.search(r"{% comment %}(.*?){% endcomment %}", source, re.DOTALL)
    return found[1].strip() if found else ""
