"""The screens of localities: the team, who works in it, and what it holds. Its areas are changed in `cms.areas`."""

from collections.abc import Iterator
from typing import Any, ClassVar

import django_filters
from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Model, Q, QuerySet
from django.db.models.deletion import Collector, ProtectedError, RestrictedError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    Panel,
    TabbedInterface,
)
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.snippets.views.snippets import EditView, IndexView

from hubs.coverage import change_days
from hubs.models import Council, Locality, Membership
from hubs.redraw import areas_on, line_of
from hubs.staffing import empty_teams
from referrals.models import QueueEntry

from .forms import MembersOfTeam, SluggedForm
from .permissions import RowPolicy, managed_councils, may_name_members
from .phones import PhoneForm
from .rows import RowViewSet

MOST_LINES = 60


class LocalityForm(SluggedForm, PhoneForm):
    """A locality of a council that the person manages. Who works at its desk is asked once the council is settled."""

    MEMBERS = "members"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_name_members(self.for_user, self.instance):
            self.formsets.pop(self.MEMBERS, None)
        if "council" in self.fields:
            self.fields["council"].queryset = managed_councils(self.for_user)
        if "cover" in self.fields:
            own = RowPolicy(Locality).rows(self.for_user).select_related("council")
            others = own.exclude(pk=self.instance.pk)
            council = self.instance.council_id
            self.fields["cover"].queryset = others.filter(council=council) if council else others

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        self._keep_within_council()
        self._check_cover(given)
        if self.instance.pk and self.initial.get("is_duty") and given.get("is_duty") is False:
            self.add_error(
                "is_duty",
                "The council needs a duty team. Tick this box at the team that takes over, and it is taken off here",
            )
        return given

    def _check_cover(self, given: dict[str, Any]) -> None:
        cover, starts, ends = (given.get(name) for name in ("cover", "cover_from", "cover_to"))
        council = given.get("council") or self.instance.council_id
        if cover and council and cover.council_id != getattr(council, "pk", council):
            self.add_error("cover", "Choose a team of the same council")
        if (starts or ends) and not cover and "cover" not in self.errors:
            self.add_error("cover", "Choose the team that covers on these days")
        if starts and ends and ends < starts:
            self.add_error("cover_to", "The last day must be the first day or later")

    def _get_validation_exclusions(self) -> set[str]:
        # `save` takes the box off the team that had it, so there is one duty team before and after.
        return {*super()._get_validation_exclusions(), "is_duty"}

    @transaction.atomic
    def save(self, commit: bool = True) -> Locality:
        if commit and self.instance.is_duty:
            duty = Locality.objects.filter(council=self.instance.council_id, is_duty=True)
            duty.exclude(pk=self.instance.pk).update(is_duty=False)
        saved: Locality = super().save(commit=commit)
        return saved

    def is_valid(self) -> bool:
        """Refuse a change of one's own place, or a team with nobody left. Only here have the rows been read."""
        if not super().is_valid():
            return False
        if self._changes_own_place():
            self.add_error(None, "Ask another manager to change your own place in a team")
        if self._empties_team():
            self.add_error(
                None, "Somebody must be able to open this team’s requests. Add a member who can first"
            )
        return not self.errors

    def _changes_own_place(self) -> bool:
        if self.MEMBERS not in self.formsets or self.for_user.is_superuser:
            return False
        rows = self.formsets[self.MEMBERS].forms
        return any(row.has_changed() and self.for_user.pk in _people_of(row) for row in rows)

    def _empties_team(self) -> bool:
        """Say whether nobody could open the team's requests any more, though today somebody can."""
        rows = self.formsets.get(self.MEMBERS)
        if rows is None or not rows.has_changed() or not _somebody_works_in(self.instance):
            return False
        kept = [row.cleaned_data for row in rows.forms if row not in rows.deleted_forms and row.cleaned_data]
        return not any(_works(row) for row in kept)

    def _keep_within_council(self) -> None:
        """Refuse to move a team to another council: the people in it would come along."""
        if self.instance.pk and "council" in self.changed_data and not self.for_user.is_superuser:
            self.add_error("council", "A team stays with its council. Make a new team in the other one")


def _people_of(row: forms.BaseForm) -> set[Any]:
    """Return who a row is about, before and after it was changed."""
    chosen = getattr(row, "cleaned_data", {}).get("user")
    return {row.initial.get("user"), chosen.pk if chosen else None}


def _somebody_works_in(locality: Locality) -> bool:
    return locality.pk is not None and not empty_teams().filter(pk=locality.pk).exists()


def _works(row: dict[str, Any]) -> bool:
    """Say whether a row of members is somebody who can open the queue today."""
    today = timezone.localdate()
    starts, ends = row.get("starts"), row.get("ends")
    return bool(
        row["user"].is_active
        and row["role"] != Membership.Role.AUDITOR
        and starts
        and starts <= today
        and (ends is None or ends >= today)
    )


class MembersPanel(InlinePanel):
    """Who works at a desk; where that cannot be asked yet, a line that says when."""

    def get_form_options(self) -> dict[str, Any]:
        options = super().get_form_options()
        options["formsets"][self.relation_name]["formset"] = MembersOfTeam
        return options

    def get_bound_panel(
        self, instance: Any = None, request: Any = None, form: Any = None, prefix: str = "panel"
    ) -> Any:
        if form is None or self.relation_name in form.formsets:
            return super().get_bound_panel(instance, request, form, prefix)
        words = HelpPanel("<p>Save the team first. Then say who works at its desk.</p>")
        return words.bind_to_model(self.model).get_bound_panel(instance, request, form, prefix)


class AreasPanel(Panel):
    """What a team holds today, to read. It is changed for the whole council at once."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "cms/areas/panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            today, team = timezone.localdate(), self.instance
            rules = areas_on(team.council, today).get(team, []) if team.pk else []
            return {
                **super().get_context_data(parent_context),
                "council": team.council if team.pk else None,
                "lines": [line_of(rule) for rule in rules[:MOST_LINES]],
                "count": len(rules),
                "changes": change_days(team.council, today) if team.pk else [],
            }


LOCALITY = TabbedInterface(
    [
        ObjectList(
            [
                FieldPanel("council", widget=forms.Select),
                FieldPanel("name"),
                FieldPanel("slug", help_text="Made from the name when empty."),
                FieldRowPanel([FieldPanel("inbox"), FieldPanel("phone")]),
                FieldPanel(
                    "is_duty",
                    help_text="The duty team receives every request that cannot be placed. "
                    "Ticking this takes it from the team that had it.",
                ),
                MultiFieldPanel(
                    [
                        FieldPanel("cover", widget=forms.Select),
                        FieldRowPanel([FieldPanel("cover_from"), FieldPanel("cover_to")]),
                    ],
                    heading="While this team is away",
                ),
            ],
            heading="The team",
        ),
        ObjectList([AreasPanel(heading="Which addresses belong to it")], heading="Area"),
        ObjectList(
            [
                MembersPanel(
                    "members",
                    heading="Who works at its desk",
                    label="member",
                    panels=[
                        FieldRowPanel([FieldPanel("user"), FieldPanel("role")]),
                        FieldRowPanel([FieldPanel("starts"), FieldPanel("ends")]),
                    ],
                ),
            ],
            heading="Members",
        ),
    ],
    base_form_class=LocalityForm,
)


def working_in(locality: Locality) -> str:
    """Return how many people can open a team's requests today."""
    people: int = locality.people  # type: ignore[attr-defined]
    return str(people) if people else "Nobody"


class LocalityList(IndexView):
    """The localities, with a way to everybody's areas."""

    @property
    def header_buttons(self) -> list[Any]:
        areas = HeaderButton("Areas", url=reverse("areas:councils"), icon_name="site")
        return [*super().header_buttons, areas]


class EditLocality(EditView):
    """One locality, with a way to its council's areas."""

    @property
    def header_more_buttons(self) -> list[Any]:
        url = reverse("areas:coverage", args=[self.object.council_id])
        return [*super().header_more_buttons, Button("Areas and map", url=url, icon_name="site", priority=5)]


def _councils_of(request: HttpRequest) -> QuerySet[Council]:
    return managed_councils(request.user)


class LocalityFilters(WagtailFilterSet):
    """Narrows the list of localities to one of the person's councils."""

    council = django_filters.ModelChoiceFilter(queryset=_councils_of, label="Council")

    class Meta:
        model = Locality
        fields: ClassVar[list[str]] = []


class Localities(RowViewSet):
    model = Locality
    icon = "group"
    edit_handler = LOCALITY
    index_view_class = LocalityList
    edit_view_class = EditLocality
    list_display = [
        "name",
        "council",
        "inbox",
        BooleanColumn("is_duty", label="Duty team", sort_key="is_duty"),
        Column("people", label="People today", accessor=working_in),
    ]
    filterset_class = LocalityFilters
    ordering = ("council__name", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        working = Membership.objects.current().exclude(role=Membership.Role.AUDITOR)
        people = Count("members__user", filter=Q(members__in=working), distinct=True)
        return self.model.objects.select_related("council").annotate(people=people)


class EmptyTeams(Component):
    """Names the teams in which nobody works, to those who look after them."""

    name = "empty_teams"
    template_name = "cms/areas/empty_teams.html"
    order = 10

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {"teams": list(empty_teams().filter(council__in=managed_councils(self.request.user)))}


def obstacles(locality: Locality) -> list[str]:
    """Say what stands in the way of deleting a team, a line each; none when it may go."""
    entries = QueueEntry.objects.filter(locality=locality.pk)
    waiting = entries.open().count()
    counts = {
        "open request": waiting,
        "closed request": entries.count() - waiting,
        "area": locality.rules.count(),
        "membership": locality.members.count(),
        "hub": locality.hubs.count(),
    }
    said = [f"{number:,} {words}{'' if number == 1 else 's'}" for words, number in counts.items() if number]
    return said or list(_other_obstacles(locality))


def _other_obstacles(locality: Locality) -> Iterator[str]:
    collector = Collector(using="default", origin=locality)
    try:
        collector.collect([locality])
    except (ProtectedError, RestrictedError):
        yield "other records that mention it"


def keep_what_is_in_use(request: HttpRequest, records: list[Model]) -> HttpResponse | None:
    """Refuse to delete teams with work, areas or people, and say what each has."""
    kept = [(team, obstacles(team)) for team in records if isinstance(team, Locality)]
    kept = [(team, reasons) for team, reasons in kept if reasons]
    for team, reasons in kept:
        messages.error(request, f"{team} cannot be deleted. It has: {', '.join(reasons)}.")
    return HttpResponseRedirect(reverse("wagtailsnippets_hubs_locality:list")) if kept else None
