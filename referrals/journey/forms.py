"""One form for each question: the label is the question, the error says what to do."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from referrals.models import SharingChoice

from .ages import AgeFields, age_field, born_field
from .fields import Choice, DateParts, Email, Phone, Words
from .step_form import StepForm, said

STORY_LIMIT = 5_000
NAME_LIMIT = 255
LINE_LIMIT = 500
OLDEST_CHILD = 25
OLDEST_YOUNG_PERSON = 17

WORDING = "2026-11"
"""The version of the words of the agreement, kept with every request. New words, new version."""

YES_NO = [("yes", "Yes"), ("no", "No")]
PRIVATE_TEXT = {"autocomplete": "off", "spellcheck": "false"}


class RightNowForm(StepForm):
    danger = Choice(
        label="Is anyone being hurt, or in danger of being badly hurt, today?",
        choices=[
            ("now", "Yes, now"),
            ("soon", "I am worried it may happen soon"),
            ("no", "No"),
            ("unsure", "I do not know, or I would rather talk to someone"),
        ],
        ask="Select what is closest to how things are right now",
    )


class DangerNowForm(StepForm):
    also_call = Choice(
        label="Shall we call you as well?",
        help_text="We cannot come out, and nobody reads this at night. Please ring one of the numbers first.",
        choices=[
            ("yes", "Yes, carry on and ask for a call too"),
            ("no", "No, the numbers are enough for now"),
        ],
        ask="Select yes if you would like us to call you as well",
    )


class WhoForm(StepForm):
    asking_for = Choice(
        label="Who are you asking for?",
        choices=[
            ("family", "My family"),
            ("myself", "Myself"),
            ("looked_after", "A child I look after"),
            ("another", "A family I know or work with"),
        ],
        hints={
            "myself": "You are under 18",
            "looked_after": "You are a grandparent, relative or friend raising somebody else’s child",
        },
        ask="Select who you are asking for",
    )


class FamilyAgreesForm(StepForm):
    family_agrees = Choice(
        label="Have you talked to the family, and do they agree to you asking?",
        choices=[
            ("yes", "Yes, they agree"),
            ("not_yet", "Not yet"),
            ("not_safe", "I think it is not safe to ask them"),
        ],
        ask="Select whether the family agrees",
    )


class StoryForm(StepForm):
    story = Words(
        label="What is going on?",
        help_text="Start wherever you like. A few lines is fine.",
        limit=STORY_LIMIT,
        called="What you write",
        error_messages={"required": "Tell us a little about what is going on. One line is enough"},
        widget=forms.Textarea({**PRIVATE_TEXT, "rows": 12, "dir": "auto"}),
    )


class ChildForm(AgeFields):
    heading = "Tell us about a child"
    lead = "One child at a time. You can add another afterwards."
    first_name = Words(
        label="First name",
        help_text="What they are called at home is fine.",
        limit=NAME_LIMIT,
        called="First name",
        required=False,
        widget=forms.TextInput({**PRIVATE_TEXT, "dir": "auto"}),
    )
    known = Choice(
        label="How old are they?",
        choices=[
            ("age", "I will give their age"),
            ("born", "I will give their date of birth"),
            ("due", "The baby is not born yet"),
        ],
        ask="Select how you would like to say how old they are",
    )
    age = age_field()
    born = born_field()
    due = DateParts(
        label="When is the baby due?",
        called="the date the baby is due",
        example="27 3 2027",
        required=False,
        help_text="Leave it empty if you do not know.",
    )

    def adapt(self) -> None:
        if isinstance(self.answers.get("children"), list) and self.answers["children"]:
            self.heading = "Tell us about another child"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("known") != "due" and not given.get("first_name") and "first_name" not in self.errors:
            self.add_error("first_name", "Enter the child’s first name")
        self.check_age(
            given, oldest=OLDEST_CHILD, too_old=f"We help with children up to {OLDEST_CHILD}. Check the age"
        )
        return given


class MoreChildrenForm(StepForm):
    another = Choice(
        label="Is there another child to tell us about?",
        choices=YES_NO,
        ask="Select yes if there is another child",
    )


class YourAgeForm(AgeFields):
    heading = "How old are you?"
    known = Choice(
        label="How old are you?",
        choices=[("age", "I will give my age"), ("born", "I will give my date of birth")],
        ask="Select how you would like to say how old you are",
    )
    age = age_field()
    born = born_field()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.check_age(
            given,
            oldest=OLDEST_YOUNG_PERSON,
            too_old="This way is for people under 18. If you are 18 or over, go back and choose “My family”",
        )
        given["due"] = ""
        return given


class KeepFromForm(StepForm):
    keep_from_parent = Choice(
        label="Shall we keep this from your parent or carer for now?",
        help_text="We will not tell them without asking you, unless you or someone else may be badly hurt.",
        choices=[
            ("yes", "Yes, keep it from them for now"),
            ("no", "No, they may know"),
            ("unsure", "I am not sure"),
        ],
        ask="Select whether we should keep this from your parent or carer",
    )


class NameForm(StepForm):
    name = Words(
        label="What should we call you?",
        help_text="A first name is enough. It does not have to be the name on your papers.",
        limit=NAME_LIMIT,
        called="Your name",
        error_messages={"required": "Enter what we should call you"},
        widget=forms.TextInput({"autocomplete": "given-name", "spellcheck": "false", "dir": "auto"}),
    )


class WayForm(StepForm):
    way = Choice(
        label="What is a safe way to reach you?",
        help_text="Choose one that nobody unsafe can see, hear or read.",
        choices=[
            ("call", "Call me"),
            ("text", "Send me a text"),
            ("email", "Email me"),
            ("ring", "I will ring you"),
            ("someone", "Through someone I trust"),
        ],
        hints={"ring": "We give you a number and do not contact you first"},
        ask="Select one safe way to reach you",
    )


class ReachForm(StepForm):
    """The number or address for the way chosen; only its own fields are shown."""

    person = Words(
        label="Their name",
        limit=NAME_LIMIT,
        called="Their name",
        error_messages={"required": "Enter the name of the person we may contact"},
        widget=forms.TextInput({**PRIVATE_TEXT, "dir": "auto"}),
    )
    phone = Phone(label="What is your phone number?", error_messages={"required": "Enter a phone number"})
    email = Email(label="What is your email address?", error_messages={"required": "Enter an email address"})

    SHOWN: ClassVar[dict[str, tuple[str, ...]]] = {
        "call": ("phone",),
        "text": ("phone",),
        "email": ("email",),
        "someone": ("person", "phone", "email"),
    }

    def adapt(self) -> None:
        way = said(self.answers, "way", "way")
        shown = self.SHOWN.get(way, self.SHOWN["someone"])
        for name in set(self.fields) - set(shown):
            del self.fields[name]
        if "person" in shown:
            self._through_someone()
            return
        if "phone" in shown:
            self.fields["phone"].widget.attrs["autocomplete"] = "tel"
            self.fields[
                "phone"
            ].help_text = "Numbers from abroad are fine too: start with + and the country code."
        if "email" in shown:
            self.fields["email"].widget.attrs["autocomplete"] = "email"

    def _through_someone(self) -> None:
        self.heading = "Who may we contact instead?"
        for name, label in (("phone", "Their phone number"), ("email", "Their email address")):
            self.fields[name].label = label
            self.fields[name].required = False
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.fields["email"].help_text = "One of the two is enough."

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "person" in self.fields and not self.errors and not (given.get("phone") or given.get("email")):
            self.add_error("phone", "Enter their phone number or their email address")
        return given

    def answer(self) -> dict[str, Any]:
        return {name: self.cleaned_data.get(name, "") for name in ("phone", "email", "person")}


class SafelyForm(StepForm):
    """What is safe. Nothing ticked means it is not."""

    heading = "How can we contact you safely?"
    lead = "If you leave a question empty, we take it that it is not safe."
    leave_message = Choice(label="Is it safe to leave a message?", choices=YES_NO, required=False)
    say_who = Choice(
        label="May we say who we are?",
        choices=[("yes", "Yes"), ("no", "No, do not say where you are calling from")],
        required=False,
    )
    times = Words(
        label="When is a safe time? (optional)",
        help_text="For example, weekdays between 10am and 2pm.",
        limit=LINE_LIMIT,
        called="Safe times",
        required=False,
        widget=forms.TextInput({**PRIVATE_TEXT, "dir": "auto"}),
    )
    anything_else = Words(
        label="Anything else we should know to keep you safe? (optional)",
        help_text="For example, someone who must not know, or a word to use so that we know it is you.",
        limit=LINE_LIMIT,
        called="Anything else",
        required=False,
        widget=forms.Textarea({**PRIVATE_TEXT, "rows": 3, "dir": "auto"}),
    )

    def adapt(self) -> None:
        way = said(self.answers, "way", "way")
        if way in ("text", "email"):
            self.fields["leave_message"].label = "Is it safe if someone else sees the message?"
            self.fields["say_who"].label = "May the message say who we are?"
            self.offer("say_who", [("yes", "Yes"), ("no", "No, do not say who it is from")])

    def answer(self) -> dict[str, Any]:
        given = self.cleaned_data
        return given | {name: given.get(name) or "no" for name in ("leave_message", "say_who")}


class AgreementForm(StepForm):
    agreed = Choice(
        label="Do you want us to contact you about this?",
        help_text="You can change your mind at any time.",
        choices=[("yes", "Yes, please contact me about this"), ("no", "No, not now")],
        ask="Select whether you want us to contact you",
    )

    def adapt(self) -> None:
        if said(self.answers, "way", "way") == "ring":
            self.fields["agreed"].label = "Do you want us to read this and talk to you about it?"
            self.offer("agreed", [("yes", "Yes, and I will ring you"), ("no", "No, not now")])

    def clean_agreed(self) -> str:
        if self.cleaned_data["agreed"] != "yes":
            raise ValidationError(
                "We can only send your request if you say yes. If you are not sure, you can stop here: nothing is sent"
            )
        return "yes"

    def answer(self) -> dict[str, Any]:
        return {"agreed": "yes", "wording": WORDING}


class SharingForm(StepForm):
    """Who else may be spoken to; each agency by itself, "ask me first" unless said otherwise."""

    heading = "Who else may we talk to?"

    def adapt(self) -> None:
        for agency in SharingChoice.Agency:
            self.fields[agency.value] = Choice(
                label=agency.label,
                choices=list(SharingChoice.Choice.choices),
                initial=SharingChoice.Choice.ASK.value,
                # Not lower(): it would spoil "GP".
                ask=f"Select whether we may talk to: {agency.label[:1].lower()}{agency.label[1:]}",
            )
