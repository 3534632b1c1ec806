"""What the editors' screens ask, in which order and in which words."""

from typing import Any

from django import forms
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    PublishingPanel,
    TabbedInterface,
)

from .forms import (
    CategoryForm,
    ContactForm,
    HoursForm,
    HubForm,
    ListingForm,
    PlaceForm,
    PlaceOfListingForm,
    PlacesOfListing,
    TimesForm,
)
from .panel_kinds import FoldedPanel, FormInlinePanel, has_rows
from .permissions import EDIT_EVERYTHING
from .phones import NumberForm, PhoneForm

FEW_LINES = forms.Textarea(attrs={"rows": 3})


TIMES = FormInlinePanel(
    "schedules",
    row_form=TimesForm,
    heading="When it happens here",
    label="time",
    panels=[
        FieldRowPanel(
            [
                FieldPanel("byday", heading="Day"),
                FieldPanel("opens_at", heading="From"),
                FieldPanel("closes_at", heading="To"),
            ]
        ),
        FieldPanel("runs", heading="Time of year"),
        FoldedPanel(
            [
                FieldRowPanel(
                    [
                        FieldPanel("freq", help_text="Once: on the first date below."),
                        FieldPanel("bysetpos", heading="Which one in the month"),
                        FieldPanel(
                            "interval", heading="Every how many", help_text="2: every second week or month."
                        ),
                    ]
                ),
                FieldRowPanel(
                    [
                        FieldPanel("dtstart"),
                        FieldPanel("until", help_text="Empty: until further notice."),
                        FieldPanel("count", help_text="6: a course of six sessions."),
                    ]
                ),
                FieldPanel("bymonth"),
            ],
            heading="Dates, or not every week",
            is_used=TimesForm.is_unusual,
        ),
    ],
)

WHERE_AND_WHEN = FormInlinePanel(
    "service_locations",
    row_form=PlaceOfListingForm,
    rows=PlacesOfListing,
    heading="Where and when",
    label="place",
    help_text="Add each place where it happens, and under it each time. Online or by phone: leave the place empty.",
    panels=[
        FieldPanel("location"),
        TIMES,
        FieldPanel("note", heading="How to find it there"),
    ],
)

WHAT = [
    FieldPanel("name", required_on_save=True, help_text="What families call it: Stay and play."),
    FieldPanel(
        "organisation",
        heading="Run by",
        help_text="Families read this name on the page. The organisation’s own editors may change the listing.",
    ),
    FieldPanel("summary"),
    FieldPanel("description", help_text="What happens, what to bring, what it is like when you arrive."),
]
WHO = [
    FieldRowPanel([FieldPanel("minimum_age"), FieldPanel("maximum_age")]),
    FieldPanel("for_expecting"),
    FieldPanel("for_parents"),
    FieldPanel("send_welcome"),
    FieldPanel("eligibility", help_text="Only if not everybody may come: families in Weymouth."),
]
COST_AND_BOOKING = [
    FieldRowPanel(
        [
            FieldPanel("cost"),
            FieldPanel("fees_description", help_text="For example: £2 a family, or suggested £1."),
        ]
    ),
    FieldRowPanel(
        [
            FieldPanel("booking"),
            FieldPanel("booking_note", help_text="For example: ring us the day before."),
        ]
    ),
    FieldPanel("booking_url"),
    FoldedPanel(
        [
            InlinePanel(
                "cost_options",
                label="price",
                panels=[FieldRowPanel([FieldPanel("option"), FieldPanel("amount")])],
            )
        ],
        heading="Prices",
        is_used=has_rows("cost_options"),
    ),
]
TOPICS = [FieldPanel("categories"), FieldPanel("languages")]
CONTACT = [
    FieldRowPanel([FieldPanel("phone"), FieldPanel("email")]),
    FieldPanel("url"),
]
PEOPLE = FoldedPanel(
    [
        FormInlinePanel(
            "contacts",
            row_form=ContactForm,
            label="person",
            panels=[
                FieldRowPanel([FieldPanel("name"), FieldPanel("title")]),
                FieldRowPanel([FieldPanel("phone"), FieldPanel("email")]),
            ],
        )
    ],
    heading="People to get in touch with",
    help_text="Families see the first number and address here when the listing has none of its own.",
    is_used=has_rows("contacts"),
)
MORE = [
    FieldPanel("council", help_text="The council whose families it is for."),
    FieldPanel("photo"),
    FieldPanel("slug", permission=EDIT_EVERYTHING, help_text="Made from the name when empty."),
]


def _listing(*front: Any) -> TabbedInterface:
    return TabbedInterface(
        [
            ObjectList(list(front), heading="The listing"),
            ObjectList(
                [
                    MultiFieldPanel(TOPICS, heading="Topics and languages"),
                    MultiFieldPanel([*CONTACT, PEOPLE], heading="Contact"),
                    MultiFieldPanel(MORE, heading="More"),
                ],
                heading="Topics and contact",
            ),
            ObjectList([PublishingPanel()], heading="Dates"),
        ],
        base_form_class=ListingForm,
    )


ACTIVITY = _listing(
    MultiFieldPanel(WHAT, heading="What it is"),
    WHERE_AND_WHEN,
    MultiFieldPanel(WHO, heading="Who it is for"),
    MultiFieldPanel(COST_AND_BOOKING, heading="Cost and booking"),
)
OFFER = _listing(
    MultiFieldPanel([*WHAT, FieldPanel("promise")], heading="What help it is"),
    MultiFieldPanel(WHO, heading="Who it is for"),
    MultiFieldPanel([FieldPanel("delivery"), FieldPanel("coverage")], heading="How and where"),
    WHERE_AND_WHEN,
    MultiFieldPanel(COST_AND_BOOKING, heading="Cost and how to get it"),
)
OTHER = OFFER

PLACE = [
    FieldPanel("name", required_on_save=True),
    FieldPanel("address_1"),
    FieldPanel("address_2"),
    FieldRowPanel([FieldPanel("city"), FieldPanel("postal_code", required_on_save=True)]),
    FieldPanel("transportation", widget=FEW_LINES, help_text="The bus, the car park, the door to look for."),
]
ACCESS = [FieldPanel("access"), FieldPanel("access_note", widget=FEW_LINES)]

LOCATION = ObjectList(
    [
        MultiFieldPanel(PLACE, heading="The place"),
        MultiFieldPanel(ACCESS, heading="Access"),
        MultiFieldPanel(
            [FieldPanel("council"), FieldPanel("photo"), FieldPanel("masked", permission=EDIT_EVERYTHING)],
            heading="More",
        ),
    ],
    base_form_class=PlaceForm,
)

HOURS = [
    FormInlinePanel(
        "opening_hours",
        row_form=HoursForm,
        heading="Opening hours",
        label="opening",
        panels=[
            FieldRowPanel([FieldPanel("byday"), FieldPanel("opens_at"), FieldPanel("closes_at")]),
            FieldPanel("note"),
        ],
    ),
    FormInlinePanel(
        "exceptions",
        row_form=HoursForm,
        heading="Days that are different",
        label="day",
        panels=[
            FieldRowPanel([FieldPanel("date"), FieldPanel("opens_at"), FieldPanel("closes_at")]),
            FieldPanel("reason"),
        ],
    ),
]

HUB = TabbedInterface(
    [
        ObjectList(
            [
                MultiFieldPanel(PLACE, heading="Where it is"),
                FieldPanel("summary"),
                FieldPanel("description"),
                *HOURS,
            ],
            heading="The hub",
        ),
        ObjectList(
            [
                MultiFieldPanel(
                    [*CONTACT[:1], FieldPanel("website")],
                    heading="Contact",
                ),
                MultiFieldPanel(ACCESS, heading="Access"),
                FieldPanel("photo"),
            ],
            heading="Contact and access",
        ),
        ObjectList(
            [
                FieldPanel("council", permission=EDIT_EVERYTHING),
                FieldPanel(
                    "team", permission=EDIT_EVERYTHING, help_text="The team that this hub's area belongs to."
                ),
                FieldPanel("editors", permission=EDIT_EVERYTHING, widget=forms.CheckboxSelectMultiple),
                FieldPanel("slug", permission=EDIT_EVERYTHING),
                PublishingPanel(permission=EDIT_EVERYTHING),
            ],
            heading="Who looks after it",
            permission=EDIT_EVERYTHING,
        ),
    ],
    base_form_class=HubForm,
)

CATEGORY = ObjectList(
    [
        FieldPanel("name"),
        FieldPanel("parent"),
        FieldPanel("aliases", widget=FEW_LINES),
        FieldRowPanel([FieldPanel("icon"), FieldPanel("order")]),
        FieldPanel("slug", help_text="Made from the name when empty."),
    ],
    base_form_class=CategoryForm,
)

ORGANISATION = ObjectList(
    [
        FieldPanel("name", permission=EDIT_EVERYTHING),
        FieldPanel("description", widget=FEW_LINES),
        FieldRowPanel([FieldPanel("email"), FieldPanel("phone")]),
        FieldPanel("website"),
        FieldPanel("editors", permission=EDIT_EVERYTHING, widget=forms.CheckboxSelectMultiple),
    ],
    base_form_class=PhoneForm,
)

COUNCIL = TabbedInterface(
    [
        ObjectList(
            [
                # What a council is called and counted as is settled once, by whoever sets the site up.
                FieldPanel("name", permission="hubs.add_council"),
                FieldPanel("slug", permission="hubs.add_council"),
                FieldPanel("ons_code", permission="hubs.add_council"),
                FieldPanel("website"),
                FormInlinePanel(
                    "numbers",
                    row_form=NumberForm,
                    heading="Telephone numbers",
                    label="number",
                    panels=[
                        FieldRowPanel([FieldPanel("kind"), FieldPanel("number")]),
                        FieldRowPanel([FieldPanel("hours"), FieldPanel("checked_on")]),
                    ],
                ),
            ],
            heading="The council",
        ),
        ObjectList(
            [
                FieldRowPanel([FieldPanel("day_starts"), FieldPanel("day_ends")]),
                FieldPanel("bank_holidays"),
                FieldRowPanel([FieldPanel("call_within_days"), FieldPanel("call_soon_within_days")]),
                InlinePanel(
                    "terms",
                    heading="School terms",
                    label="term",
                    panels=[
                        FieldRowPanel([FieldPanel("name"), FieldPanel("starts"), FieldPanel("ends")]),
                    ],
                ),
            ],
            heading="Hours and terms",
        ),
        ObjectList(
            [
                FieldRowPanel([FieldPanel("ask_alone_from_age"), FieldPanel("alert_under_age")]),
                FieldPanel("search_miles"),
                FieldPanel("hub_staff_may_publish"),
            ],
            heading="Rules",
        ),
        ObjectList(
            [
                FieldPanel("service_name"),
                FieldPanel("team_noun"),
                FieldPanel("welcome"),
                FieldRowPanel([FieldPanel("primary_colour"), FieldPanel("accent_colour")]),
                FieldPanel("logo"),
            ],
            heading="Words and colours",
        ),
    ],
)
