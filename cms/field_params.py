"""How a Django bound field becomes the parameters of a GOV.UK component.

Options that templates may give to `{% govuk_field %}`:

    heading      the label or legend is the page's h1
    label, hint  other words than the form's own (False for no hint)
    size         of the label or legend: "s", "m", "l", "xl"; "hidden" keeps it for screen readers only
    optional     add "(optional)" to the label
    classes      more classes for the control, such as "govuk-input--width-5" or "govuk-radios--inline"
    width        in characters: 2, 3, 4, 5, 10, 20 or 30
    rows         of a text area
    threshold    per cent of the limit after which the character count shows (75)
    hints        {choice value: hint} under single choices
    divider      the choice before which the word "or" stands
    exclusive    the choice that unticks the others
    conditional_VALUE   markup shown when that choice is taken
    prefix, suffix      beside a text box, such as "£"
"""

from collections.abc import Mapping
from typing import Any

from django.forms import (
    BoundField,
    CheckboxInput,
    ClearableFileInput,
    MultiWidget,
    SelectDateWidget,
    Textarea,
    Widget,
)
from django.forms.widgets import ChoiceWidget, FileInput

Params = dict[str, Any]

TAKEN_OVER = {"id", "class", "type", "required", "maxlength", "minlength", "aria-describedby", "aria-invalid"}
"""Attributes that the macro writes itself, or that GOV.UK leaves to the server's own messages."""

NAMED = {"autocomplete", "inputmode", "spellcheck", "pattern", "autocapitalize"}
"""Attributes that the text macros take as parameters."""

DATE_BOXES = (("Day", 2), ("Month", 2), ("Year", 4))


def component_for(field: BoundField, options: Mapping[str, Any]) -> tuple[str, Params]:
    """Return the component's name and its parameters for one bound field."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput):
        return "checkboxes", _single_checkbox(field, options)
    if isinstance(widget, SelectDateWidget | MultiWidget):
        return "date-input", _date(field, options)
    if isinstance(widget, ChoiceWidget):
        return _choice_component(field, options)
    if isinstance(widget, FileInput | ClearableFileInput):
        return "file-upload", _labelled(field, options)
    if isinstance(widget, Textarea):
        return _text_area(field, options)
    return "input", _input(field, options)


def _choice_component(field: BoundField, options: Mapping[str, Any]) -> tuple[str, Params]:
    name = {"radio": "radios", "checkbox": "checkboxes"}.get(
        str(getattr(field.field.widget, "input_type", ""))
    )
    return (name, _choices(field, options)) if name else ("select", _select(field, options))


def first_id(field: BoundField) -> str:
    """Return the id of the first box of a field: where a link in the error summary must land."""
    if isinstance(field.field.widget, SelectDateWidget | MultiWidget):
        return str(_subwidgets(field)[0]["attrs"]["id"])
    return _id(field)


def _id(field: BoundField) -> str:
    return str(field.field.widget.attrs.get("id") or field.auto_id or field.html_name)


def _words(field: BoundField, options: Mapping[str, Any]) -> str:
    label = str(options.get("label") or field.label)
    return f"{label} (optional)" if options.get("optional") else label


def _title(field: BoundField, options: Mapping[str, Any], css: str) -> Params:
    """Return the parameters of a label or a legend (`css` is its class)."""
    size = options.get("size") or ("l" if options.get("heading") else "s")
    classes = "govuk-visually-hidden" if size == "hidden" else f"{css}--{size}"
    return {
        "text": _words(field, options),
        "classes": classes,
        "isPageHeading": bool(options.get("heading")),
    }


def _around(field: BoundField, options: Mapping[str, Any]) -> Params:
    """Return the hint and the error, which every control has alike."""
    params: Params = {}
    hint = options.get("hint", field.help_text)
    if hint:
        params["hint"] = {"text": hint}
    if field.errors:
        params["errorMessage"] = {"text": str(field.errors[0])}
    return params


def _labelled(field: BoundField, options: Mapping[str, Any]) -> Params:
    attrs = field.build_widget_attrs(dict(field.field.widget.attrs))
    classes = [str(attrs.get("class", "")), str(options.get("classes", ""))]
    if options.get("width"):
        classes.append(f"govuk-input--width-{options['width']}")
    return {
        "id": _id(field),
        "name": field.html_name,
        "label": _title(field, options, "govuk-label"),
        "classes": " ".join(filter(None, classes)),
        **_around(field, options),
        **{name: _word(attrs[name]) for name in NAMED & attrs.keys()},
        "attributes": _rest(attrs),
    }


def _word(value: Any) -> Any:
    """Read "true" and "false", as widgets hold them, back into what the macro tests."""
    return {"true": True, "false": False}.get(str(value).lower(), value)


def _rest(attrs: Mapping[str, Any]) -> Params:
    kept = {name: value for name, value in attrs.items() if name not in TAKEN_OVER | NAMED}
    return {name: "" if value is True else value for name, value in kept.items() if value is not False}


def _value(field: BoundField) -> Any:
    return field.field.widget.format_value(field.value())


def _input(field: BoundField, options: Mapping[str, Any]) -> Params:
    params = _labelled(field, options)
    kind = getattr(field.field.widget, "input_type", "text")
    if kind == "number":
        # A spin box loses numbers when scrolled over; GOV.UK asks for text with a number pad.
        kind, params["inputmode"] = "text", params.get("inputmode", "numeric")
        params["attributes"] = {
            k: v for k, v in params["attributes"].items() if k not in ("min", "max", "step")
        }
    value = _value(field)
    if value is not None and kind != "password":
        params["value"] = str(value)
    for side in ("prefix", "suffix"):
        if options.get(side):
            params[side] = {"text": options[side]}
    return {**params, "type": kind}


def _text_area(field: BoundField, options: Mapping[str, Any]) -> tuple[str, Params]:
    params = _labelled(field, options)
    attributes = params["attributes"]
    attributes.pop("cols", None)
    params["rows"] = str(options.get("rows") or attributes.pop("rows", 5))
    attributes.pop("rows", None)
    params["value"] = str(_value(field) or "")
    limit = getattr(field.field, "max_length", None)
    if not limit:
        return "textarea", params
    if "autocomplete" in params:
        # The macro of the character count does not pass it on.
        attributes["autocomplete"] = params.pop("autocomplete")
    return "character-count", {**params, "maxlength": limit, "threshold": options.get("threshold", 75)}


def _widget_context(field: BoundField) -> Params:
    widget: Widget = field.field.widget
    attrs = field.build_widget_attrs({**widget.attrs, "id": _id(field)})
    return dict(widget.get_context(field.html_name, field.value(), attrs)["widget"])


def _offered(field: BoundField) -> list[Params]:
    """Return the choices in order, each `{"value", "text", "selected"}`; groups are flattened."""
    offered = []
    for group, members, _ in _widget_context(field)["optgroups"]:
        for member in members:
            text = f"{group}: {member['label']}" if group else str(member["label"])
            offered.append({"value": str(member["value"]), "text": text, "selected": member["selected"]})
    return offered


def _fieldset(field: BoundField, options: Mapping[str, Any]) -> Params:
    return {
        "legend": _title(
            field,
            {"size": "m", **options} if not options.get("heading") else options,
            "govuk-fieldset__legend",
        )
    }


def _choices(field: BoundField, options: Mapping[str, Any]) -> Params:
    attrs = field.field.widget.attrs
    return {
        "idPrefix": _id(field),
        "name": field.html_name,
        "fieldset": _fieldset(field, options),
        "classes": " ".join(filter(None, [attrs.get("class", ""), options.get("classes", "")])),
        "items": _items(field, options),
        **_around(field, options),
    }


def _items(field: BoundField, options: Mapping[str, Any]) -> list[Params]:
    hints = options.get("hints") or getattr(field.field, "hints", {})
    items: list[Params] = []
    for choice in _offered(field):
        value = choice["value"]
        if not value and choice["text"].startswith("-----"):
            continue
        if value and value == options.get("divider"):
            items.append({"divider": "or"})
        item: Params = {"value": value, "text": choice["text"], "checked": choice["selected"]}
        if hints.get(value):
            item["hint"] = {"text": hints[value]}
        if options.get(f"conditional_{value}"):
            item["conditional"] = {"html": options[f"conditional_{value}"]}
        if value and value == options.get("exclusive"):
            item["behaviour"] = "exclusive"
        items.append(item)
    return items


def _single_checkbox(field: BoundField, options: Mapping[str, Any]) -> Params:
    """A tick box says its question itself: no legend, the hint under the one choice."""
    around = _around(field, options)
    item: Params = {"value": "on", "text": _words(field, options), "checked": bool(field.value())}
    if "hint" in around:
        item["hint"] = around.pop("hint")
    return {
        "idPrefix": _id(field),
        "name": field.html_name,
        "classes": options.get("classes", ""),
        "items": [item],
        **around,
    }


def _select(field: BoundField, options: Mapping[str, Any]) -> Params:
    params = _labelled(field, options)
    if getattr(field.field.widget, "allow_multiple_selected", False):
        params["attributes"] = {**params["attributes"], "multiple": ""}
    return {**params, "items": _offered(field)}


def _subwidgets(field: BoundField) -> list[Params]:
    return list(_widget_context(field)["subwidgets"])


def _date(field: BoundField, options: Mapping[str, Any]) -> Params:
    """Three boxes whatever the widget calls them; a box may name itself with an aria-label attribute."""
    wrong = " govuk-input--error" if field.errors else ""
    boxes = []
    for box, (label, width) in zip(_subwidgets(field), DATE_BOXES, strict=False):
        value = box["value"]
        value = value[0] if isinstance(value, list) and value else value
        boxes.append(
            {
                "id": box["attrs"]["id"],
                "name": box["name"],
                "label": box["attrs"].get("aria-label", label),
                "classes": f"govuk-input--width-{width}{wrong}",
                "value": "" if value is None else str(value),
                "autocomplete": box["attrs"].get("autocomplete"),
            }
        )
    return {
        "id": _id(field),
        "fieldset": _fieldset(field, options),
        "items": boxes,
        **_around(field, options),
    }
