"""What workers fill in at the desk. Each form keeps what was typed when a colleague was quicker."""

from collections.abc import Collection, Sequence
from typing import Any

from django import forms

from hubs.models import Locality, Membership, User
from referrals import triage
from referrals.contact import EMAIL_LIMIT
from referrals.models import ContactTry, Outcome, Person, QueueEntry

WORDS_LIMIT = 5000
PLAIN = {"autocomplete": "off", "dir": "auto"}


class WordsField(forms.CharField):
    """Several lines of a worker's own words."""

    def __init__(self, *, rows: int = 4, missing: str = "Write something first", **options: Any) -> None:
        super().__init__(
            max_length=WORDS_LIMIT,
            widget=forms.Textarea({**PLAIN, "rows": rows}),
            error_messages={
                "required": missing,
                "max_length": f"Write {WORDS_LIMIT:,} characters or fewer",
            },
            **options,
        )


class SearchForm(forms.Form):
    """Find a request of one's own teams by exactly what the family gave."""

    q = forms.CharField(
        label="Find a request",
        help_text="Full name, phone number, email address or reference.",
        max_length=EMAIL_LIMIT,
        widget=forms.TextInput({**PLAIN, "spellcheck": "false"}),
        error_messages={
            "required": "Enter a name, phone number, email address or reference",
            "max_length": f"Search for {EMAIL_LIMIT} characters or fewer",
        },
    )


class RevealForm(forms.Form):
    read = forms.BooleanField(
        label="I have read how to contact them",
        error_messages={"required": "Read how to contact them, then tick the box"},
    )


class NoteForm(forms.Form):
    text = WordsField(label="Add a note", missing="Write the note first")


class TryForm(forms.Form):
    way = forms.ChoiceField(
        label="How did you try?",
        choices=ContactTry.Way.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how you tried"},
    )
    result = forms.ChoiceField(
        label="What happened?",
        choices=ContactTry.Result.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what happened"},
    )
    text = WordsField(label="Anything to note", required=False, rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # The note's box is on the same page, and an id must be there once.
        super().__init__(*args, **{"auto_id": "id_try_%s"} | kwargs)


class DecideForm(forms.Form):
    words = WordsField(
        label="What did you agree with the family?",
        help_text="In plain words. It is kept as a note.",
        missing="Write what was agreed",
    )


class OfferForm(forms.Form):
    to = forms.ModelChoiceField(
        label="Which team?",
        queryset=Locality.objects.none(),
        empty_label="Choose a team",
        error_messages={"required": "Choose a team", "invalid_choice": "Choose a team from the list"},
    )
    reason = WordsField(
        label="Why does it belong to them?",
        help_text="They read this before they can see the request. Leave out names and what the family told you.",
        missing="Say why, so that the other team can decide",
    )

    def __init__(self, *args: Any, entry: QueueEntry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Locality.objects.exclude(pk=entry.locality_id).select_related("council")
        self.fields["to"].queryset = others.order_by("council__name", "name")


class ReturnForm(forms.Form):
    reason = WordsField(
        label="Why are you returning it?",
        help_text="It becomes a note that the other team reads.",
        missing="Say why, so that the other team knows what to do",
    )


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(
        label="Who should work on it?",
        queryset=User.objects.none(),
        empty_label="Choose a colleague",
        error_messages={
            "required": "Choose a colleague",
            "invalid_choice": "Choose a colleague from the list",
        },
    )

    def __init__(self, *args: Any, entry: QueueEntry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = Membership.objects.current().filter(locality=entry.locality, role__in=triage.TEAM)
        colleagues = User.objects.filter(pk__in=team.values("user")).exclude(pk=entry.owner_id)
        self.fields["to"].queryset = colleagues.order_by("first_name", "last_name")


class CloseForm(forms.Form):
    """How it ended and, for each child, what came of it. Only somebody senior is offered "No further action"."""

    as_ = forms.ChoiceField(
        label="How did it end?",
        choices=[(as_.value, as_.label) for as_ in triage.CLOSING],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how it ended"},
    )

    def __init__(self, *args: Any, children: Sequence[Person], roles: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.children = children
        is_lead = not triage.LEADS.isdisjoint(roles)
        none_needed = Outcome.Code.NO_FURTHER_ACTION
        codes = [(code, label) for code, label in Outcome.Code.choices if is_lead or code != none_needed]
        for number, child in enumerate(children):
            name = (child.details or {}).get("first_name") or f"Child {number + 1}"
            self.fields[f"outcomes_{number}"] = forms.MultipleChoiceField(
                label=f"What came of it for {name}?",
                help_text="Choose all that apply.",
                choices=codes,
                widget=forms.CheckboxSelectMultiple,
                error_messages={
                    "required": f"Choose at least one outcome for {name}",
                    "invalid_choice": f"Choose outcomes for {name} from the list",
                },
            )
            self.fields[f"reason_{number}"] = WordsField(
                label=f"Reason, in plain words, for {name}",
                help_text="Needed for “No further action”." if is_lead else "",
                required=False,
                rows=2,
            )

    @property
    def outcomes(self) -> list[triage.ChildOutcome]:
        given = self.cleaned_data
        return [
            triage.ChildOutcome(child, Outcome.Code(code), given[f"reason_{number}"])
            for number, child in enumerate(self.children)
            for code in given[f"outcomes_{number}"]
        ]
