"""Pages about who has which part of a council: what is so, a change of it, and where a postcode would go.

No page here asks anybody else for anything, and none keeps a postcode: it is posted, answered and forgotten.
"""

import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import LogFormatter, log

from hubs import boundaries
from hubs.areas import Decision, decide
from hubs.coverage import Coverage, change_days, coverage, straddlers
from hubs.models import Council, Locality, LocalityRule, PostcodeRelease, TownRelease
from hubs.postcode_text import PostcodeError
from hubs.redraw import ChangedMeanwhile, Redraw, code_as_written
from referrals import audit
from referrals.models import AccessLog
from referrals.moves import Move, would_move

from .area_forms import DayForm, FirstDayForm, RedrawForm, RouteForm
from .area_map import area_map, letters_of
from .permissions import RowPolicy, edits_everything, managed_councils

MOST_PATCHES = 30
MOST_NAMED = 5
LOG_ACTION = "hubs.redraw"


def may_see_areas(user: Any) -> bool:
    """Say whether somebody looks after the localities."""
    return RowPolicy(Locality).user_has_permission(user, "change")


def may_ask_where(user: Any) -> bool:
    """Say whether somebody may ask which team a postcode belongs to: content leads too."""
    return may_see_areas(user) or edits_everything(user)


class AreasPage(WagtailAdminTemplateMixin, TemplateView):
    """A page of the admin for those who look after localities. For anybody else it is not there."""

    header_icon = "site"
    may_open = staticmethod(may_see_areas)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not type(self).may_open(request.user):
            raise Http404

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *super().get_breadcrumbs_items(),
            *({"url": url, "label": label} for url, label in self.trail()),
            {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()},
        ]

    def trail(self) -> list[tuple[str, str]]:
        """Return the pages between the admin's first and this one."""
        return [(reverse("areas:councils"), "Areas")]


class CouncilPage(AreasPage):
    """A page about one council's areas. One that somebody does not look after is as one that is not there."""

    council: Council

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        council = managed_councils(request.user).filter(pk=kwargs["pk"]).first()
        if council is None:
            raise Http404
        self.council = council

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(council=self.council, today=timezone.localdate(), **kwargs)


class CouncilsView(AreasPage):
    """The councils whose areas somebody looks after."""

    template_name = "cms/areas/councils.html"
    page_title = "Areas"

    def trail(self) -> list[tuple[str, str]]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(councils=managed_councils(self.request.user), **kwargs)


class CoverageView(CouncilPage):
    """Whether every postcode of a council belongs to one team on a day. `?on=2027-04-01`"""

    template_name = "cms/areas/coverage.html"

    def get_page_title(self) -> str:
        return f"Areas of {self.council}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = DayForm(self.request.GET or {"on": timezone.localdate()})
        found = coverage(self.council, form.day)
        return super().get_context_data(
            form=form,
            day=form.day,
            moves=self._moves(form.day),
            changes=change_days(self.council, timezone.localdate()),
            releases=[*PostcodeRelease.objects.all(), *TownRelease.objects.all()],
            **findings(found),
            **kwargs,
        )

    def _moves(self, day: datetime.date) -> list[Move]:
        """Return the open requests that would belong elsewhere by then, if that is a day to come."""
        today = timezone.localdate()
        if day <= today:
            return []
        before, after = (
            LocalityRule.objects.in_force(each).select_related("locality__council") for each in (today, day)
        )
        return seen_by(
            self.request.user, would_move(self.council, self.request.user, before=before, after=after)
        )


def seen_by(user: Any, moves: list[Move]) -> list[Move]:
    """Write down that somebody saw which requests these are, and return them."""
    if moves:
        audit.looked(user, AccessLog.Kind.SEARCHED, seen=[move.entry for move in moves])
    return moves


def findings(found: Coverage) -> dict[str, Any]:
    """Return what the templates show of a coverage."""
    letters = letters_of(found)
    return {
        "found": found,
        "map": area_map(found, boundaries.chart()),
        "teams": [
            (letters[team], team, kinds.total(), [(kind.label, kinds[kind]) for kind in sorted(kinds)])
            for team, kinds in found.teams.items()
        ],
        "without": [team for team in found.council.localities.all() if team not in found.teams],
        "wrong": [
            ("No team has these postcodes", "gap", found.gaps),
            ("More than one team has these postcodes", "overlap", found.overlaps),
        ],
        "straddlers": [(code_as_written(each.rule), each) for each in straddlers(found)],
        "unused": [(code_as_written(rule), rule) for rule in found.unused[:MOST_PATCHES]],
        "most": MOST_PATCHES,
    }


class RedrawView(CouncilPage):
    """Changes all of a council's areas from a day on: first the boxes, then what it would do, then it is done."""

    template_name = "cms/areas/redraw.html"

    def get_page_title(self) -> str:
        return f"Change the areas of {self.council}"

    def trail(self) -> list[tuple[str, str]]:
        return [*super().trail(), (reverse("areas:coverage", args=[self.council.pk]), str(self.council))]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = request.GET or {"first_day": timezone.localdate()}
        first_day = FirstDayForm(chosen, auto_id="choose-%s")
        day = first_day.cleaned_data["first_day"] if first_day.is_valid() else timezone.localdate()
        return self._boxes(RedrawForm.showing(self.council, day), day, first_day=first_day)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = RedrawForm(self.council, request.POST)
        day = _day_of(form)
        if not form.is_valid() or "back" in request.POST:
            return self._boxes(form, day)
        redraw = form.redraw
        failing = self._problems(form, redraw)
        if form.errors:
            return self._boxes(form, day, failing=failing)
        moves = self._moves(redraw)
        unread = bool(moves) and "read" not in request.POST
        if "confirm" not in request.POST or unread:
            return self._ask(form, redraw, moves, unread=unread and "confirm" in request.POST)
        try:
            self._make(redraw, form.cleaned_data["seen"])
        except ChangedMeanwhile as problem:
            form.add_error(None, str(problem))
            return self._boxes(form, day)
        messages.success(request, f"The areas of {self.council} change on {day:%-d %B %Y}.")
        return HttpResponseRedirect(f"{reverse('areas:coverage', args=[self.council.pk])}?on={day}")

    def _problems(self, form: RedrawForm, redraw: Redraw) -> Coverage | None:
        """Put everything that stands against a change into its form; return the first day's coverage that fails."""
        if redraw.is_empty:
            form.add_error(None, "Nothing is different from what holds already, so there is nothing to save")
        for problem in (*redraw.conflicts, *redraw.misplaced):
            form.add_error(None, problem)
        failing = [found for found in redraw.coverages() if found.is_checked and not found.is_whole]
        for found in failing if not redraw.is_empty else []:
            for problem in found.problems:
                form.add_error(None, f"On {found.day:%-d %B %Y}: {problem[0].lower()}{problem[1:]}")
        return failing[0] if failing else None

    @transaction.atomic
    def _make(self, redraw: Redraw, seen: str) -> None:
        redraw.make(seen=seen)
        for team in {team for step in redraw.steps for team in step[1:] if team}:
            mine = [step for step in redraw.steps if team in step[1:]]
            log(
                instance=team,
                action=LOG_ACTION,
                user=self.request.user,
                # Entries with one id and action count as one, and each team has its own.
                uuid=uuid4(),
                data={
                    "day": redraw.day.isoformat(),
                    "gained": [step.area for step in mine if step.after == team],
                    "lost": [step.area for step in mine if step.before == team and step.after != team],
                },
            )

    def _boxes(self, form: RedrawForm, day: datetime.date, **context: Any) -> HttpResponse:
        failing = context.get("failing")
        return self.render_to_response(
            self.get_context_data(form=form, day=day, **(findings(failing) if failing else {}), **context)
        )

    def _moves(self, redraw: Redraw) -> list[Move]:
        held = LocalityRule.objects.in_force(redraw.day).select_related("locality__council")
        after = redraw.rules_on(redraw.day)
        return seen_by(
            self.request.user, would_move(self.council, self.request.user, before=held, after=after)
        )

    def _ask(self, form: RedrawForm, redraw: Redraw, moves: list[Move], *, unread: bool) -> HttpResponse:
        # Its fields are in two forms of the page, so none may have an id.
        form.auto_id = False
        context = self.get_context_data(
            form=form,
            redraw=redraw,
            day=redraw.day,
            moves=moves,
            unread=unread,
            checked=redraw.coverages()[0].is_checked,
        )
        return self.response_class(
            request=self.request, template="cms/areas/redraw_confirm.html", context=context
        )


class AreasChanged(LogFormatter):
    """A change in the history of one of the teams it touched."""

    label = "Change areas"

    def format_message(self, log_entry: Any) -> str:
        data = log_entry.data
        gained, lost = (_some(data.get(name, [])) for name in ("gained", "lost"))
        said = [f"got {gained}"] * bool(gained) + [f"gave away {lost}"] * bool(lost)
        return f"Areas changed from {data.get('day', '')}: {', and '.join(said)}"


def _some(areas: list[str]) -> str:
    """Return the first few areas of a list, in words."""
    more = len(areas) - MOST_NAMED
    return "; ".join(areas[:MOST_NAMED]) + (f"; {more} more" if more > 0 else "")


def _day_of(form: FirstDayForm) -> datetime.date:
    form.full_clean()
    day: datetime.date = form.cleaned_data.get("first_day") or timezone.localdate()
    return day


@method_decorator(sensitive_post_parameters("where"), name="dispatch")
class RouteView(AreasPage):
    """Says which team a postcode belongs to, as the website would decide. The postcode is posted and not kept."""

    template_name = "cms/areas/route.html"
    page_title = "Which team?"
    may_open = staticmethod(may_ask_where)

    def trail(self) -> list[tuple[str, str]]:
        return super().trail() if may_see_areas(self.request.user) else []

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._answer(RouteForm(initial={"on": timezone.localdate()}))

    @method_decorator(sensitive_variables("form"))
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = RouteForm(request.POST)
        decision: Decision | None = None
        if form.is_valid():
            try:
                decision = decide(postcode=form.cleaned_data["where"], on=form.cleaned_data["on"])
            except PostcodeError as problem:
                form.add_error("where", str(problem))
        return self._answer(form, decision)

    def _answer(self, form: RouteForm, decision: Decision | None = None) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, decision=decision))


class AreasMenuItem(MenuItem):
    """Leads to the areas, where somebody may see them."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_see_areas(request.user)


class RouteMenuItem(MenuItem):
    """Leads to the question which team a postcode belongs to."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_ask_where(request.user)


def menu_items() -> list[MenuItem]:
    return [
        AreasMenuItem("Areas", reverse("areas:councils"), icon_name="site", order=50),
        RouteMenuItem("Which team?", reverse("areas:route"), icon_name="help", order=60),
    ]


urlpatterns = [
    path("", CouncilsView.as_view(), name="councils"),
    path("which-team/", RouteView.as_view(), name="route"),
    path("<int:pk>/", CoverageView.as_view(), name="coverage"),
    path("<int:pk>/change/", RedrawView.as_view(), name="redraw"),
]
