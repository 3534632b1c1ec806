"""The examples on /styleguide/: invented people and places, the component files that real pages use."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.paginator import Paginator


@dataclass(frozen=True)
class Example:
    """One component drawn once: its file in `templates/components/` and the variables it gets."""

    file: str
    context: dict[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A group of components that are used together."""

    title: str
    intro: str
    examples: list[Example]
    staff: bool = False

    @property
    def anchor(self) -> str:
        return self.title.lower().replace(" ", "-").replace("’", "")


class ExampleForm(forms.Form):
    """One of every kind of field that `{% govuk_field %}` draws."""

    name = forms.CharField(
        label="What should we call you?",
        help_text="A first name is fine",
        widget=forms.TextInput(attrs={"autocomplete": "given-name", "spellcheck": "false"}),
    )
    email = forms.EmailField(label="Email address", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    postcode = forms.CharField(
        label="Postcode",
        error_messages={"required": "Enter your postcode"},
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "class": "govuk-input--width-10"}),
    )
    story = forms.CharField(
        label="What’s going on?",
        help_text="Start wherever you like. A few lines is fine.",
        max_length=5000,
        widget=forms.Textarea,
    )
    safe = forms.ChoiceField(
        label="Is anyone in danger of being badly hurt today?",
        choices=[("now", "Yes, now"), ("soon", "I’m worried it may happen soon"), ("no", "No")],
        error_messages={"required": "Choose the answer that fits best"},
        widget=forms.RadioSelect,
    )
    worries = forms.MultipleChoiceField(
        label="Which of these is part of it?",
        help_text="Tick any, or none",
        required=False,
        choices=[("school", "School or nursery"), ("money", "Money"), ("none", "None of these")],
        widget=forms.CheckboxSelectMultiple,
    )
    agree = forms.BooleanField(label="Yes, please contact me about this")
    age = forms.ChoiceField(
        label="Child’s age", choices=[("", "Any age"), ("0", "Under 1"), ("3", "3 years")]
    )
    born = forms.DateField(
        label="When was your child born?",
        help_text="For example, 27 3 2021",
        widget=forms.SelectDateWidget,
    )


class ExampleFilters(forms.Form):
    """What the filter panel narrows by."""

    q = forms.CharField(label="Words", required=False)
    age = forms.ChoiceField(label="Child’s age", required=False, choices=[("", "Any age"), ("3", "3 years")])
    cost = forms.MultipleChoiceField(
        label="Cost",
        required=False,
        choices=[("free", "Free"), ("some", "Some cost")],
        widget=forms.CheckboxSelectMultiple,
    )
    within = forms.ChoiceField(
        label="How far",
        required=False,
        choices=[("2", "2 miles"), ("5", "5 miles"), ("10", "10 miles")],
        widget=forms.RadioSelect,
    )


BABY_GROUP: dict[str, Any] = {
    "title": "Tiny Toes baby group",
    "url": "#tiny-toes",
    "kind": "Parent, baby and toddler groups",
    "icon": "baby",
    "tone": "warm",
    "when": "Today, 10am to 11:30am",
    "where": "Lodmoor Family Hub, Weymouth",
    "miles": "0.8 miles",
    "approximate": True,
    "summary": "Floor play, songs and a cuppa. A health visitor joins on the first Monday.",
    "ages": "0 to 12 months",
    "cost": "Free",
    "is_free": True,
    "booking": "",
}
MONEY_ADVICE: dict[str, Any] = {
    "title": "Money and housing drop-in",
    "url": "#money",
    "kind": "Money, work and housing",
    "icon": "wallet",
    "tone": "leaf",
    "when": "Thursdays, 1pm to 3pm",
    "where": "Maumbury Family Hub, Dorchester",
    "miles": "7.1 miles",
    "summary": "Sit down with somebody who knows about benefits, debt and landlords.",
    "ages": "All ages",
    "cost": "Free",
    "is_free": True,
    "booking": "Book first",
}
SWIM: dict[str, Any] = {
    "title": "Splash and sing",
    "url": "#splash",
    "kind": "Activities",
    "icon": "sun",
    "tone": "accent",
    "when": "Saturdays, 9:30am to 10:15am",
    "where": "Stour Meadows Family Hub, Wimborne",
    "miles": "under half a mile",
    "summary": "Songs in the warm pool for you and your toddler.",
    "ages": "1 to 4 years",
    "cost": "£2 a family",
    "booking": "Book first",
}
SEND_CAFE: dict[str, Any] = {
    "title": "SEND coffee morning",
    "url": "#send",
    "kind": "SEND and disability",
    "icon": "puzzle",
    "tone": "plum",
    "when": "Friday, 10am to noon",
    "where": "Online",
    "summary": "Parents of children with extra needs, a warm drink and someone who knows the forms.",
    "ages": "0 to 25 years",
    "cost": "Free",
    "is_free": True,
    "extra": [{"text": "Online", "tone": "", "icon": "video"}],
}
HUB: dict[str, Any] = {
    "title": "Lodmoor Family Hub",
    "url": "#lodmoor",
    "eyebrow": "Your nearest hub",
    "address": "Weymouth, DT4 9ZZ",
    "miles": "0.8 miles",
    "approximate": True,
    "is_open": True,
    "open_text": "Open now until 5pm",
    "phone": "01632 960101",
}
SESSION: dict[str, Any] = {
    "title": "Stay, splash and play",
    "url": "#stay",
    "starts": "9:30am",
    "ends": "11am",
    "where": "Lodmoor Family Hub",
    "miles": "0.8 miles",
    "ages": "1 to 4 years",
    "cost": "Free",
    "is_free": True,
}
TOPICS = [
    {"text": "Baby and toddler groups", "url": "#t1", "icon": "baby", "tone": "warm"},
    {"text": "Feeding your baby", "url": "#t2", "icon": "milk", "tone": "accent"},
    {"text": "Sleep and behaviour", "url": "#t3", "icon": "bed", "tone": "plum"},
    {"text": "Feeling low or anxious", "url": "#t4", "icon": "smile", "tone": "accent"},
    {"text": "SEND and disability", "url": "#t5", "icon": "puzzle", "tone": "brand"},
    {"text": "Money and housing", "url": "#t6", "icon": "wallet", "tone": "leaf"},
    {"text": "School and nursery", "url": "#t7", "icon": "school", "tone": "plum"},
    {"text": "Young people", "url": "#t8", "icon": "users", "tone": "brand"},
]
FACTS = [
    {"label": "When", "value": "Mondays, 10am to 11:30am", "icon": "calendar-days", "note": "In term time"},
    {"label": "Who it is for", "value": "Babies up to 12 months", "icon": "baby", "tone": "warm"},
    {"label": "Cost", "value": "Free", "icon": "pound-sterling", "tone": "leaf"},
    {"label": "Booking", "value": "Just come along", "icon": "ticket", "tone": "plum"},
]
WEEK = [
    {"day": "Monday", "times": "9am to 5pm", "is_today": True},
    {"day": "Tuesday", "times": "9am to 5pm"},
    {"day": "Wednesday", "times": "9am to noon", "note": "Staff training in the afternoon"},
    {"day": "Thursday", "times": "9am to 7pm"},
    {"day": "Friday", "times": "9am to 4:30pm"},
    {"day": "Saturday", "times": ""},
]
QUEUE = [
    {
        "reference": "K7M-42P",
        "url": "#k7m",
        "initials": "J T",
        "children": "1 child, 3",
        "received": "Today 9:12am",
        "received_sort": "20261122091200",
        "due": "Tue 24 Nov, 5pm",
        "due_sort": "20261124170000",
        "state": "New",
        "state_tone": "accent",
    },
    {
        "reference": "Q3X-9RD",
        "url": "#q3x",
        "initials": "B D",
        "children": "Herself, 16",
        "received": "Yesterday",
        "received_sort": "20261121160000",
        "due": "Today, 5pm",
        "due_sort": "20261122170000",
        "state": "Contacting",
        "state_tone": "brand",
        "owner": "Wren Example",
        "urgency": 1,
        "urgency_text": "Soon",
    },
    {
        "reference": "H8W-6TN",
        "url": "#h8w",
        "initials": "P P",
        "children": "2 children, 5 and 9",
        "received": "Thu 19 Nov",
        "received_sort": "20261119100000",
        "due": "Fri 20 Nov, 5pm",
        "due_sort": "20261120170000",
        "is_late": True,
        "state": "Decided",
        "state_tone": "leaf",
        "owner": "Sam Sampleton",
    },
]
STORY = (
    "Robin is three and has not slept through for months. I work early shifts and my partner works away, "
    "so I am on my own most of the week.\n\nI would like a toddler group and someone to talk to about sleep."
)
ANSWERS = [
    {"question": "What should we call you?", "answer": "Juniper", "change_url": "#change-name"},
    {"question": "Postcode", "answer": "DT4 9ZZ", "change_url": "#change-postcode"},
    {"question": "What’s going on?", "answer": STORY, "change_url": "#change-story"},
    {"question": "What is going well?", "answer": "", "change_url": "#change-well"},
]
NEXT_STEPS = [
    "A worker in the Chesil team reads what you wrote.",
    "Somebody calls you, in the way you said is safe.",
    "You talk it through and agree what would help.",
    "You get help, or we tell you who can give it.",
]
TIMELINE = [
    {
        "title": "Note",
        "by": "Wren Example",
        "when": "Today, 9:52am",
        "text": "Rang, no answer. No message left.",
    },
    {"title": "Claimed", "by": "Wren Example", "when": "Today, 9:40am"},
    {"title": "Received", "when": "Yesterday, 4pm"},
]
NUMBERS = [{"name": "the council’s children’s line", "number": "01632 960200", "hours": "8am to 8pm"}]

SECTIONS = [
    Section(
        "Ways in",
        "The home page’s top, search, and large doors.",
        [
            Example(
                "search_box.html", {"id": "near-1", "also_url": "#online", "also_text": "Show online help"}
            ),
            Example(
                "search_box.html",
                {"id": "near-2", "value": "DT4 O", "error": "Enter a full postcode, like DT4 9ZZ, or a town"},
                "With an error",
            ),
            Example("topic_links.html", {"items": TOPICS}),
            Example(
                "door_card.html",
                {
                    "title": "Ask for help",
                    "url": "#help",
                    "icon": "hand-heart",
                    "look": "warm",
                    "text": "Tell us once. The right local team calls you back.",
                },
            ),
            Example(
                "page_head.html", {"title": "What’s on near you", "lede": "Groups, classes and drop-ins."}
            ),
        ],
    ),
    Section(
        "Cards",
        "A listing looks the same wherever it stands. The title’s link covers the card.",
        [
            Example("service_card.html", BABY_GROUP),
            Example("service_card.html", SEND_CAFE, "Online, so without a distance"),
            Example("hub_card.html", HUB),
            Example("session_card.html", SESSION),
            Example(
                "session_card.html",
                {**SESSION, "url": "#off", "is_off": True, "off_reason": "The hall is closed."},
                "Cancelled",
            ),
            Example("tags.html", {"ages": "0 to 4 years", "cost": "£2 a family", "booking": "Book first"}),
        ],
    ),
    Section(
        "One listing or hub",
        "Facts first, then how to reach it.",
        [
            Example("key_facts.html", {"facts": FACTS}),
            Example("timetable.html", {"caption": "Opening hours", "rows": WEEK}),
            Example(
                "contact_panel.html",
                {
                    "phone": "01632 960101",
                    "phone_note": "9am to 5pm, Monday to Friday",
                    "email": "lodmoor@example.org",
                    "address": "Lodmoor Family Hub\nWeymouth\nDT4 9ZZ",
                    "button_url": "#ask",
                    "button_text": "Ask this hub for help",
                },
            ),
            Example("status.html", {"text": "Closed, opens Monday at 9am"}),
        ],
    ),
    Section(
        "Lists",
        "Narrowing, paging, and what to do when nothing fits.",
        [
            Example("filter_panel.html", {"form": ExampleFilters(prefix="f"), "action": "#", "active": 2}),
            Example(
                "breadcrumbs.html",
                {"items": [{"text": "Home", "url": "#home"}, {"text": "Hubs", "url": "#hubs"}]},
            ),
            Example("pagination.html", {"page_obj": Paginator(range(200), 20).page(4)}),
            Example(
                "empty_state.html",
                {
                    "title": "Nothing within 30 miles",
                    "text": "Try fewer filters, or ask us and we will look for you.",
                    "links": [
                        {"text": "Clear the filters", "url": "#clear"},
                        {"text": "Online help", "url": "#o"},
                    ],
                    "button_url": "#ask",
                    "button_text": "Ask for help",
                },
            ),
        ],
    ),
    Section(
        "Messages",
        "Where a page needs to say something first.",
        [
            Example(
                "notice.html",
                {"title": "Closed on Wednesday", "text": "The hub is closed for staff training."},
            ),
            Example("notice.html", {"kind": "success", "text": "Your change is saved."}),
            Example("notice.html", {"kind": "warning", "text": "We last checked this in March. Ring first."}),
            Example("danger_numbers.html", {"numbers": NUMBERS}),
            Example("feedback.html", {"url": "#feedback"}),
        ],
    ),
    Section(
        "Asking for help",
        "One question a page. The frame is journey_base.html.",
        [
            Example("step_header.html", {"part": 2, "parts": 5, "name": "You and where you live"}),
            Example("check_answers.html", {"title": "About you", "rows": ANSWERS}),
            Example("next_steps.html", {"items": NEXT_STEPS}),
        ],
    ),
    Section(
        "The desk",
        "Dense, but still calm. The frame is desk_base.html.",
        [
            Example(
                "count_tiles.html",
                {
                    "items": [
                        {"number": 4, "text": "new"},
                        {"number": 1, "text": "late"},
                        {"number": 9, "text": "open"},
                    ]
                },
            ),
            Example("queue_table.html", {"caption": "Chesil team", "rows": QUEUE}),
            Example("story_card.html", {"words": STORY, "sent": "Sent today at 9:12am"}),
            Example("timeline.html", {"items": TIMELINE}),
        ],
        staff=True,
    ),
]

SAMPLE_PAGES: dict[str, dict[str, Any]] = {
    "home": {"topics": TOPICS, "cards": [BABY_GROUP, SWIM, MONEY_ADVICE]},
    "find": {
        "section": "find",
        "cards": [BABY_GROUP, SWIM, MONEY_ADVICE, SEND_CAFE],
        "hub": HUB,
        "filters": ExampleFilters,
        "page_obj": Paginator(range(90), 20).page(2),
    },
    "listing": {"section": "find", "facts": FACTS, "week": WEEK},
    "whats-on": {"section": "whats-on", "sessions": [SESSION, {**SESSION, "is_off": True, "url": "#x"}]},
    "question": {"form": ExampleForm, "back_url": "#back"},
    "error": {"form": lambda: ExampleForm(data={"story": "?"}), "back_url": "#back"},
    "receipt": {"steps": NEXT_STEPS},
    "queue": {"section": "queue", "rows": QUEUE, "team": "Chesil team"},
    "request": {"section": "queue", "words": STORY, "answers": ANSWERS, "timeline": TIMELINE},
}
