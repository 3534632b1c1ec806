"""The component tags: the right markup, the right links, and nothing hostile left alive."""

import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError

from cms.templatetags import govuk

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'"


class Elements(HTMLParser):
    """The start tags of some markup, as `(name, {attribute: value})`."""

    def __init__(self, markup):
        super().__init__()
        self.found = []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def named(self, tag):
        return [attrs for name, attrs in self.found if name == tag]

    @property
    def ids(self):
        return [attrs["id"] for _, attrs in self.found if attrs.get("id")]


class StepForm(forms.Form):
    name = forms.CharField(
        label="Your name",
        help_text="A first name is fine",
        widget=forms.TextInput(attrs={"autocomplete": "given-name", "spellcheck": "false", "data-x": "1"}),
    )
    email = forms.EmailField()
    phone = forms.CharField(widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}), max_length=20)
    age = forms.IntegerField(min_value=0)
    secret = forms.CharField(widget=forms.PasswordInput)
    story = forms.CharField(max_length=5000, widget=forms.Textarea)
    notes = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))
    who = forms.ChoiceField(choices=[("me", "Me"), ("other", "Somebody else")], widget=forms.RadioSelect)
    worries = forms.MultipleChoiceField(
        choices=[("money", "Money"), ("sleep", "Sleep"), ("none", "None")],
        widget=forms.CheckboxSelectMultiple,
    )
    agree = forms.BooleanField(label="Yes, contact me", help_text="By phone")
    town = forms.ChoiceField(choices=[("", "Any"), ("Near", [("w", "Weymouth")])])
    born = forms.DateField(widget=forms.SelectDateWidget)
    draft = forms.CharField(widget=forms.HiddenInput)


def render(source, **context):
    return Template("{% load govuk %}" + source).render(Context(context))


def drawn(field, form=None, options=""):
    return render(f"{{% govuk_field form.{field} {options} %}}", form=form or StepForm())


def test_a_component_is_drawn_with_its_options():
    button = Elements(render('{% govuk "button" text="Continue" prevent_double_click=True %}')).named(
        "button"
    )

    assert button[0]["class"] == "govuk-button"
    assert button[0]["data-prevent-double-click"] == "true"


def test_options_nest_with_two_underscores():
    markup = render('{% govuk "input" id="near" name="near" label__text="Postcode" %}')

    assert '<label class="govuk-label" for="near">' in markup
    assert "Postcode" in markup


def test_the_macros_come_from_one_environment():
    assert govuk._environment() is govuk._environment()
    assert govuk._macro("button") is govuk._macro("button")


def test_a_text_field_says_its_label_hint_and_attributes():
    elements = Elements(drawn("name", options="width=20"))
    box = elements.named("input")[0]

    assert elements.named("label")[0]["for"] == box["id"] == "id_name"
    assert box["aria-describedby"] == "id_name-hint"
    assert (box["autocomplete"], box["spellcheck"], box["data-x"]) == ("given-name", "false", "1")
    assert "govuk-input--width-20" in box["class"]
    assert "required" not in box


@pytest.mark.parametrize(
    ("field", "kind", "inputmode"),
    [("email", "email", None), ("phone", "tel", "tel"), ("age", "text", "numeric")],
)
def test_a_text_box_has_the_kind_that_helps_a_phone(field, kind, inputmode):
    box = Elements(drawn(field)).named("input")[0]

    assert (box["type"], box.get("inputmode"), box.get("maxlength")) == (kind, inputmode, None)


def test_a_password_is_never_sent_back():
    form = StepForm(data={"secret": "correct horse"})

    assert "correct horse" not in drawn("secret", form)


def test_a_heading_is_the_h1_of_its_page():
    label, legend = drawn("name", options="heading=True"), drawn("who", options="heading=True")

    assert '<h1 class="govuk-label-wrapper">' in label
    assert '<h1 class="govuk-fieldset__heading">' in legend


def test_a_text_area_counts_only_when_there_is_a_limit():
    counted, plain = Elements(drawn("story")), Elements(drawn("notes"))

    assert counted.named("div")[0]["data-maxlength"] == "5000"
    assert plain.named("textarea")[0]["rows"] == "3"
    assert "data-maxlength" not in plain.named("div")[0]


def test_the_choice_given_before_is_chosen_again():
    boxes = Elements(drawn("worries", StepForm(data={"worries": ["sleep"]}))).named("input")
    towns = Elements(drawn("town", StepForm(initial={"town": "w"}))).named("option")

    assert [box["value"] for box in boxes if "checked" in box] == ["sleep"]
    assert [town["value"] for town in towns if "selected" in town] == ["w"]


def test_a_choice_may_have_a_hint_an_or_and_a_reveal():
    markup = render(
        '{% govuk_field form.worries divider="none" exclusive="none" hints=hints conditional_money=more %}',
        form=StepForm(),
        hints={"sleep": "At any age"},
        more=HOSTILE,
    )
    boxes = {box["value"]: box for box in Elements(markup).named("input")}

    assert "govuk-checkboxes__divider" in markup
    assert boxes["none"]["data-behaviour"] == "exclusive"
    assert boxes["sleep"]["aria-describedby"] == "id_worries-2-item-hint"
    assert boxes["money"]["data-aria-controls"] == "conditional-id_worries"
    assert not Elements(markup).named("script")


def test_a_tick_box_asks_for_itself():
    elements = Elements(drawn("agree", StepForm(data={"agree": "on"})))

    assert "checked" in elements.named("input")[0]
    assert elements.named("legend") == []


def test_a_date_has_three_boxes_that_keep_what_was_typed():
    form = StepForm(data={"born_day": "31", "born_month": "2", "born_year": "2021"})
    boxes = Elements(drawn("born", form)).named("input")

    assert [(box["name"], box["value"]) for box in boxes] == [
        ("born_day", "31"),
        ("born_month", "2"),
        ("born_year", "2021"),
    ]


def test_a_stored_date_fills_the_boxes():
    boxes = Elements(drawn("born", StepForm(initial={"born": date(2021, 3, 27)}))).named("input")

    assert [box["value"] for box in boxes] == ["27", "3", "2021"]


def test_a_hidden_field_stays_hidden():
    assert Elements(drawn("draft")).named("input")[0]["type"] == "hidden"


def test_every_line_of_the_error_summary_lands_on_a_box():
    form = StepForm(data={})
    fields = "".join(f"{{% govuk_field form.{field.name} %}}" for field in form)
    page = Elements(render("{% govuk_errors form %}" + fields, form=form))
    links = [link["href"].removeprefix("#") for link in page.named("a")]
    boxes = {a["id"] for name, a in page.found if name in ("input", "select", "textarea") and a.get("id")}

    assert len(links) == len(form.visible_fields())
    assert set(links) <= boxes
    assert len(page.ids) == len(set(page.ids))


def test_an_error_about_the_whole_form_is_words_without_a_link():
    form = StepForm(data={})
    form.add_error(None, "Enter an email address or a phone number")
    form.add_error("draft", "This draft has expired")

    markup = render("{% govuk_errors form %}", form=form)

    assert "Enter an email address or a phone number" in markup
    assert "#id_draft" not in markup


def test_a_set_of_forms_is_summed_up_too():
    children = forms.formset_factory(StepForm, min_num=2, extra=0)(
        data={"c-TOTAL_FORMS": "2", "c-INITIAL_FORMS": "0"}, prefix="c"
    )

    markup = render("{% govuk_errors children %}", children=children)

    assert 'href="#id_c-1-name"' in markup


def test_no_errors_draw_nothing():
    assert render("{% govuk_errors form %}", form=StepForm()) == ""


class HostileForm(forms.Form):
    """Every word that could come from somebody else is an attack."""

    text = forms.CharField(
        label=HOSTILE, help_text=HOSTILE, widget=forms.TextInput(attrs={"data-x": HOSTILE})
    )
    area = forms.CharField(label=HOSTILE, widget=forms.Textarea)
    limited = forms.CharField(label=HOSTILE, widget=forms.Textarea, max_length=5)
    pick = forms.ChoiceField(label=HOSTILE, choices=[(HOSTILE, HOSTILE)], widget=forms.RadioSelect)
    many = forms.MultipleChoiceField(choices=[(HOSTILE, HOSTILE)], widget=forms.CheckboxSelectMultiple)
    menu = forms.ChoiceField(choices=[(HOSTILE, HOSTILE)])
    tick = forms.BooleanField(label=HOSTILE, help_text=HOSTILE)
    born = forms.DateField(label=HOSTILE, widget=forms.SelectDateWidget)

    def clean(self):
        for name in self.fields:
            self.add_error(name, HOSTILE)
        self.add_error(None, HOSTILE)


@pytest.mark.parametrize("name", list(HostileForm.base_fields))
def test_hostile_words_in_a_field_stay_words(name):
    said = dict.fromkeys(HostileForm.base_fields, HOSTILE) | {"many": [HOSTILE], "born_day": HOSTILE}
    elements = Elements(drawn(name, HostileForm(data=said)))

    assert not elements.named("script")
    assert not elements.named("img")
    assert not [attrs for _, attrs in elements.found if "onerror" in attrs]


def test_hostile_words_in_the_error_summary_stay_words():
    elements = Elements(
        render("{% govuk_errors form title=title %}", form=HostileForm(data={}), title=HOSTILE)
    )

    assert len(elements.named("a")) == len(HostileForm.base_fields)
    assert not elements.named("script")


@pytest.mark.parametrize(
    "call",
    [
        '"button" text=bad name=bad value=bad',
        '"button" html=bad',
        '"inset-text" html=bad',
        '"details" summary_html=bad html=bad',
        '"input" id=bad name=bad label__html=bad hint__html=bad value=bad',
        '"warning-text" html=bad icon_fallback_text=bad',
        '"exit-this-page" redirect_url=bad text=bad',
        '"table" params',
        '"summary-list" params',
    ],
)
def test_hostile_words_in_a_component_stay_words(call):
    params = {
        "caption": HOSTILE,
        "rows": [[{"html": HOSTILE}, {"text": HOSTILE}]]
        if "table" in call
        else [{"key": {"html": HOSTILE}, "value": {"text": HOSTILE}}],
        "attributes": {"data-x": HOSTILE},
    }
    elements = Elements(render(f"{{% govuk {call} %}}", bad=HOSTILE, params=params))

    assert not elements.named("script")
    assert not elements.named("img")


def test_attributes_as_a_string_are_refused():
    with pytest.raises(TemplateSyntaxError, match="mapping"):
        render('{% govuk "button" text="x" attributes=bad %}', bad='onclick="alert(1)"')


def test_an_icon_is_decoration_unless_it_has_a_label():
    plain, spoken = render('{% icon "map-pin" %}'), render('{% icon "map-pin" label=bad %}', bad=HOSTILE)

    assert 'aria-hidden="true"' in plain
    assert "icons.svg#map-pin" in plain
    assert Elements(spoken).named("svg")[0]["aria-label"] == HOSTILE
    assert not Elements(spoken).named("script")


def test_every_icon_that_a_template_names_is_in_the_sprite():
    listed = set(json.loads((ROOT / "frontend" / "icons.json").read_text()))
    named = {
        name
        for template in (ROOT / "templates").rglob("*.html")
        if not {"admin", "areas"} & set(template.parts)  # the editors' screens draw Wagtail's own pictures
        for name in re.findall(r"""(?:{% icon |icon=|icon\|default:)"([a-z0-9-]+)\"""", template.read_text())
    }

    assert "map-pin" in named
    assert named <= listed


def test_pages_are_shortened_in_the_middle():
    assert govuk.page_numbers(Paginator(range(400), 20), 10) == [1, 0, 9, 10, 11, 0, 20]


def test_the_bar_tells_done_from_now():
    assert govuk.bar_of(2, 4) == ["done", "now", "", ""]
