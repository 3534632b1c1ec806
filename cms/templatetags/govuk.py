"""GOV.UK components in Django templates: one tag for any component, one for any form field.

`{% govuk "button" text="Continue" %}` draws a component, `{% govuk_field form.name %}` a bound field,
`{% govuk_errors form %}` the error summary and `{% icon "map-pin" %}` a picture from our sprite.
"""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from itertools import chain
from typing import Any

from django import template
from django.core.paginator import Paginator
from django.forms import BaseForm, BaseFormSet, BoundField
from django.forms.utils import flatatt
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from jinja2 import Environment, PackageLoader, PrefixLoader

from cms.field_params import component_for, first_id

register = template.Library()


@cache
def _environment() -> Environment:
    """Return the one Jinja environment. The macros import each other by the package's name as a prefix."""
    loader = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    return Environment(loader=loader, autoescape=True, auto_reload=False)


@cache
def _macro(name: str) -> Any:
    """Return the macro for a component by its GOV.UK name, such as "error-summary"."""
    module = _environment().get_template(f"govuk_frontend_jinja/components/{name}/macro.html").module
    return getattr(module, "govuk" + name.replace("-", " ").title().replace(" ", ""))


def draw(name: str, params: Mapping[str, Any]) -> SafeString:
    """Return the markup of one component; every value that is not already marked safe is escaped."""
    return mark_safe(str(_macro(name)(_inert(params))).strip())  # noqa: S308 (the macro escapes, see _inert)


def _inert(value: Any, key: str = "") -> Any:
    """Escape what the macros would print raw: any `html`, and attributes given as a string."""
    if isinstance(value, Mapping):
        return {str(name): _inert(item, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_inert(item, key) for item in value]
    if isinstance(value, Promise):
        value = str(value)
    if key.lower().endswith("html") and value:
        return conditional_escape(value)
    if key == "attributes" and isinstance(value, str) and not isinstance(value, SafeString):
        raise template.TemplateSyntaxError("Give attributes as a mapping")
    return value


def _nested(options: Mapping[str, Any]) -> dict[str, Any]:
    """Turn `label__text="Name", id_prefix="x"` into `{"label": {"text": "Name"}, "idPrefix": "x"}`."""
    params: dict[str, Any] = {}
    for path, value in options.items():
        *parents, last = [_camel(part) for part in path.split("__")]
        place = params
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value
    return params


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


@register.simple_tag
def govuk(component: str, params: Mapping[str, Any] | None = None, /, **options: Any) -> SafeString:
    """Draw a component: `{% govuk "inset-text" text=note %}` or `{% govuk "table" table_params %}`.

    Options may be written in snake case and nested with two underscores: `label__text="Town"`.
    """
    return draw(component, {**(params or {}), **_nested(options)})


@register.simple_tag
def govuk_field(field: BoundField, **options: Any) -> SafeString:
    """Draw any bound field with its label, hint and error. `cms.field_params` lists the options."""
    if field.is_hidden:
        return field.as_hidden()
    name, params = component_for(field, options)
    return draw(name, params)


@register.simple_tag
def govuk_errors(
    *forms: BaseForm | BaseFormSet | None, title: str = "There is a problem"
) -> SafeString | str:
    """Draw the error summary of one or more forms, each line linking to the first box to mend."""
    errors = list(chain.from_iterable(_summary(form) for form in forms if form))
    if not errors:
        return ""
    return draw("error-summary", {"titleText": title, "errorList": errors})


def _summary(form: BaseForm | BaseFormSet) -> list[dict[str, str]]:
    if isinstance(form, BaseFormSet):
        of_the_set = [{"text": str(message)} for message in form.non_form_errors()]
        return [*of_the_set, *chain.from_iterable(_summary(each) for each in form.forms)]
    errors = [{"text": str(message)} for message in form.non_field_errors()]
    for field in form:
        if field.errors:
            where = {} if field.is_hidden else {"href": f"#{first_id(field)}"}
            errors.append({"text": str(field.errors[0]), **where})
    return errors


class IconNode(template.Node):
    """A picture of the sprite. Not a simple tag: a page of results has over a hundred, most written out in full."""

    def __init__(self, name: FilterExpression, options: dict[str, FilterExpression]) -> None:
        self.name, self.options = name, options

    def render(self, context: template.Context) -> SafeString:
        asked = {option: value.resolve(context) for option, value in self.options.items()}
        return _icon(self.name.resolve(context), **asked)


@register.tag
def icon(parser: Parser, token: Token) -> IconNode:
    """Draw one picture of the sprite (`frontend/icons.json` lists them): `{% icon "clock" size=20 %}`.

    Without `label="Step-free"` it is decoration.
    """
    _, name, *rest = token.split_contents()
    options = token_kwargs(rest, parser)
    if rest:
        raise template.TemplateSyntaxError(f"An icon takes label= and size=, not {' '.join(rest)}")
    return IconNode(parser.compile_filter(name), options)


@lru_cache(maxsize=512)
def _icon(name: str, label: str = "", size: int = 24) -> SafeString:
    spoken = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    attributes = {"class": "icon", "width": size, "height": size, "focusable": "false", **spoken}
    return format_html(
        '<svg{}><use href="{}#{}"></use></svg>', flatatt(attributes), static("icons.svg"), name
    )


@register.simple_tag
def tags(ages: str, cost: str, is_free: bool, booking: str, extra: Iterable[Mapping[str, str]]) -> SafeString:
    """Draw components/tags.html. Kept, because listings have few different ones and a page has many cards."""
    return _tags(ages, cost, bool(is_free), booking, tuple(tuple(item.items()) for item in extra))


@lru_cache(maxsize=2048)
def _tags(
    ages: str, cost: str, is_free: bool, booking: str, extra: tuple[tuple[tuple[str, str], ...], ...]
) -> SafeString:
    shown = {"ages": ages, "cost": cost, "is_free": is_free, "booking": booking}
    return render_to_string("components/tags.html", {**shown, "extra": [dict(item) for item in extra]})


@register.filter
def page_numbers(paginator: Paginator, current: int) -> list[int]:
    """Return the numbers to link, with 0 for a gap: `1 0 4 [5] 6 0 20`."""
    pages = paginator.get_elided_page_range(current, on_each_side=1, on_ends=1)
    return [page if isinstance(page, int) else 0 for page in pages]


@register.filter
def bar_of(part: int, parts: int) -> list[str]:
    """Return one word for each part of the journey: "done", "now" or ""."""
    return ["done" if n < part else "now" if n == part else "" for n in range(1, parts + 1)]
