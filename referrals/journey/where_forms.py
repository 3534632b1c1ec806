"""The questions about where the family lives: a postcode, a place instead, or another council's area."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString

from hubs import authorities, postcodes
from hubs.models import Council, Hub, Town
from hubs.places import listed_towns
from hubs.postcode_doubts import Doubt, doubt_about
from hubs.postcode_text import FORCES, NoSuchPlace, outside_england
from referrals import routing

from .fields import Choice, Words
from .step_form import NOT_FILLED_IN, StepForm, said

OR_ELSE = "press “I have no fixed address” to choose a town instead"


class WhereForm(StepForm):
    """A postcode, or one of two buttons for people who have none to give.

    `asked` is the postcode that the page was in doubt about, "" when it was not: given again, it is taken as right.
    """

    doubt: Doubt | None = None

    home = forms.ChoiceField(
        choices=[("postcode", ""), ("no_fixed", ""), ("secret", "")], required=False, widget=forms.HiddenInput
    )
    asked = forms.CharField(required=False, widget=forms.HiddenInput)
    postcode = Words(
        label="What is your postcode?",
        help_text="So that your request goes to the team nearest to you.",
        limit=100,
        called="Postcode",
        required=False,
        widget=forms.TextInput({"autocomplete": "postal-code", "autocapitalize": "characters"}),
    )

    def adapt(self) -> None:
        if said(self.answers, "who", "asking_for") == "another":
            self.fields["postcode"].label = "What is the family’s postcode?"
            self.fields["postcode"].widget.attrs["autocomplete"] = "off"

    @property
    def doubted(self) -> str:
        """The postcode that has been asked about, on this page or when it was answered before."""
        if self.doubt:
            return str(self.cleaned_data["postcode"])
        if self.is_bound:
            return str(self.data.get("asked", ""))
        return str(self.initial.get("postcode", "")) if self.initial.get("checked") else ""

    @property
    def doubted_in_words(self) -> str:
        return postcodes.format_postcode(self.doubted)

    def answer(self) -> dict[str, Any]:
        return {name: value for name, value in super().answer().items() if name != "asked"}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["home"] = given.get("home") or "postcode"
        if given["home"] != "postcode":
            self.errors.pop("postcode", None)
            return {"home": given["home"], "postcode": "", "served": True, "elsewhere": "", "site": ""}
        if not self.errors:
            self._place(given)
        return given

    def _place(self, given: dict[str, Any]) -> None:
        if not given["postcode"]:
            self.add_error("postcode", "Enter a postcode, or press one of the buttons below it")
            return
        given.update(served=True, elsewhere="", site=self.site)
        try:
            given["postcode"] = settled(postcodes.normalise(given["postcode"]))
            self._wonder(given, routing.destination(given))
        except routing.OutOfArea as out:
            given.update(served=False, elsewhere=out.elsewhere)
            if not routing.may_be_passed_on(given):
                # The answer is no, so there is no reason to hold on to the address.
                given.update(postcode="", site="")
        except postcodes.PostcodeError as problem:
            self.add_error("postcode", _in_words(problem))

    def _wonder(self, given: dict[str, Any], to: routing.Destination) -> None:
        """Ask once whether a postcode is right that has ended, or that is not in our directory."""
        doubt = None if to.sure else doubt_about(given["postcode"])
        if doubt and given.get("asked") == given["postcode"]:
            given["checked"] = doubt.kind.value
        elif doubt:
            self.doubt, self.wonders = doubt, True
            self["postcode"].label, self["postcode"].help_text = "Or give another postcode", ""


def _in_words(problem: postcodes.PostcodeError) -> str:
    """Return what is wrong and the ways on from here: this box takes postcodes only, and a button leads to towns."""
    match problem:
        case postcodes.NotServed(where=where):
            which = f"is {FORCES}" if where == FORCES else f"postcode is in {where}"
            return f"That {which}. We help families in England. Enter a postcode in England, or {OR_ELSE}"
        case NoSuchPlace():
            return f"Nobody lives at that postcode. Enter another one, or {OR_ELSE}"
        case postcodes.UnknownPostcode() | postcodes.UnknownPlace():
            return f"We do not know that postcode. Check it, or {OR_ELSE}"
        case postcodes.PartialPostcode() | postcodes.SeveralPostcodes():
            return str(problem)
    return f"{problem}. If you do not have one, {OR_ELSE}"


def settled(code: str) -> str:
    """Return a postcode as it is.

    Raises:
        NotServed: it is a Forces address, which says nothing of where in England the family is.
    """
    if outside_england(code) == FORCES:
        raise postcodes.NotServed(FORCES)
    return code


class PassOnForm(StepForm):
    """Another council serves the address: shall we pass the request on?"""

    pass_on = Choice(
        label="Shall we pass your request on?",
        choices=[("yes", "Yes, carry on and pass it on"), ("no", "No, I will ask them myself")],
        hints={"yes": "Somebody here reads it and sends it to them. We keep it until they say they have it."},
        ask="Select yes if you would like us to pass your request on",
    )

    def adapt(self) -> None:
        self.council = authorities.authority(said(self.answers, "where", "elsewhere"))
        if self.council:
            self.heading = f"{self.council.name} helps people where you live"
            self.fields["pass_on"].label = f"Shall we pass your request on to {self.council.name}?"
        else:
            self.heading = "Another council may be the one that helps where you live"
            self.fields["pass_on"].label = "Shall we find out which council it is, and pass your request on?"


class TownForm(StepForm):
    town = forms.ChoiceField(
        label="Which town or village are you in, or near?",
        widget=forms.Select(attrs=NOT_FILLED_IN),
        error_messages={"required": "Select a town or village", "invalid_choice": "Select a town or village"},
    )

    def adapt(self) -> None:
        field = self.fields["town"]
        self.offer("town", _places_to_choose(self.site))
        if said(self.answers, "where", "home") == "secret":
            field.help_text = (
                "We only need this to find the right team. Do not give your address. "
                "We will not write to you or come to your door."
            )
        else:
            field.help_text = "Where you are staying now, or where you sleep most often."

    @property
    def drawn_list(self) -> SafeString:
        """The list of places as markup, with headings, which the component of GOV.UK does not know."""
        wrong = " govuk-select--error" if self["town"].errors else ""
        return self["town"].as_widget(attrs={"class": f"govuk-select{wrong}"})

    def clean_town(self) -> str:
        chosen = str(self.cleaned_data["town"])
        if chosen == routing.OUTSIDE:
            return chosen
        try:
            routing.destination({"home": "no_fixed"}, {"town": chosen})
        except (routing.OutOfArea, *routing.NOT_A_PLACE):
            raise ValidationError(
                "We do not cover that place. Select the nearest place we do cover"
            ) from None
        return chosen


def _places_to_choose(site: str) -> list[Any]:
    """Return towns, hubs and "somewhere else" by council, that of the site first; one council needs no heading."""
    councils = sorted(Council.objects.all(), key=lambda council: (council.slug != site, council.name))
    towns: dict[int | None, list[tuple[str, str]]] = defaultdict(list)
    for town in listed_towns():
        towns[_council_of(town, councils)].append((str(town), str(town)))
    hubs = defaultdict(list)
    for hub in Hub.objects.filter(live=True).only("slug", "name", "council_id").order_by("name"):
        hubs[hub.council_id].append((f"{routing.NEAR_HUB}{hub.slug}", f"Near {hub.name}"))
    groups = [
        (council.name, [*towns[council.pk], *hubs[council.pk], _somewhere_else_in(council)])
        for council in councils
    ]
    if towns[None]:
        groups.append(("Other places", towns[None]))
    outside = f"Somewhere outside {councils[0].name if len(councils) == 1 else 'these areas'}"
    listed = groups if len(groups) > 1 else [place for _, places in groups for place in places]
    return [("", "Choose a place"), *listed, (routing.OUTSIDE, outside)]


def _somewhere_else_in(council: Council) -> tuple[str, str]:
    return f"{routing.SOMEWHERE_IN}{council.slug}", f"Somewhere else in {council.name}"


def _council_of(town: Town, councils: Iterable[Council]) -> int | None:
    """Return the key of the council a town is listed under, by its district, or by its county where it has none."""
    for council in councils:
        if town.district in authorities.districts_of(council.ons_code):
            return council.pk
    return next(
        (council.pk for council in councils if not town.district and council.name == town.county), None
    )
