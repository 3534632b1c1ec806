"""A team's queue: what waits, for whom, whose move is next."""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import TemplateView

from referrals import audit, contact, triage
from referrals.models import AccessLog, Event, Person, QueueEntry, Referral, Transfer
from referrals.sealed import SealedError
from referrals.submission import GROUPS

from . import wording
from .access import DeskMixin
from .forms import SearchForm

PER_PAGE = 50
RECENT = timedelta(days=28)
"""How long closed requests and those that moved stay in the lists. Searching finds older ones of one's own."""

VIEWS = {
    "all": "All open",
    "mine": "Mine",
    "unclaimed": "Unclaimed",
    "closed": "Closed recently",
}
TILES = {"new": "new today", "late": "overdue", "soon": "someone at risk", "unclaimed": "unclaimed"}


@dataclass(frozen=True)
class Row:
    """One line of the queue: who by reference and initials, by when, whose move."""

    entry: QueueEntry
    initials: str
    children: int
    is_late: bool
    due: str
    they_ring: bool
    has_talked: bool
    age: str
    offered_to: str
    next_step: str
    tone: str
    flag: str


@dataclass(frozen=True)
class Group:
    """The rows of one urgency."""

    title: str
    rows: list[Row]


class QueueView(DeskMixin, TemplateView):
    """`/desk/?show=mine&team=3&page=2`"""

    template_name = "referrals/desk/queue.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        show = self.request.GET.get("show", "all")
        open_now = QueueEntry.objects.visible_to(self.user).open()
        counts = _counts(open_now, self.user, now)
        paginator = Paginator(self._shown(show, now), PER_PAGE)
        if show in counts:
            # Counted already.
            paginator.count = counts[show]
        page = paginator.get_page(self.request.GET.get("page"))
        entries = list(page.object_list)
        offers = list(_offers_to(self.user))
        audit.looked(
            self.user,
            AccessLog.Kind.QUEUE,
            locality=self.teams[0] if len(self.teams) == 1 else None,
            seen=[entry.pk for entry in entries],
        )
        return super().get_context_data(
            form=SearchForm(),
            groups=_groups(entries, now, apart=show != "closed"),
            page_obj=page,
            offers=offers,
            moved=list(_moved_from(self.user, now)) if show == "closed" else [],
            tiles=[{"key": key, "text": text, "number": counts[key]} for key, text in TILES.items()],
            views=[{"key": key, "text": text, "number": counts.get(key)} for key, text in VIEWS.items()],
            show=show,
            title=VIEWS.get(show) or f"{TILES.get(show, 'all open')}".capitalize(),
            several_teams=len(self.teams) > 1,
            **kwargs,
        )

    def _shown(self, show: str, now: datetime) -> QuerySet[QueueEntry]:
        entries = _with_all_a_row_needs(QueueEntry.objects.visible_to(self.user))
        if show == "closed":
            return entries.filter(closed_at__gte=now - RECENT).order_by("-closed_at")
        narrowed = _conditions(self.user, now).get(show, Q())
        return entries.open().filter(narrowed).order_by("-referral__urgency", "due_at", "arrived_at")


class SearchView(DeskMixin, TemplateView):
    """Find requests of one's own teams. Posted, because names do not belong in an address or a log."""

    template_name = "referrals/desk/search.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("desk:queue")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = SearchForm(request.POST)
        found: list[QueueEntry] = []
        if form.is_valid():
            mine = _with_all_a_row_needs(QueueEntry.objects.visible_to(self.user))
            found = list(mine.filter(matching(form.cleaned_data["q"])).order_by("-arrived_at")[:PER_PAGE])
        audit.looked(self.user, AccessLog.Kind.SEARCHED, seen=[entry.pk for entry in found])
        context = self.get_context_data(
            form=form,
            groups=_groups(found, timezone.now(), apart=False),
            several_teams=len(self.teams) > 1,
            searched=form.is_valid(),
        )
        return self.render_to_response(context)


def matching(words: str) -> Q:
    """Return what a request must be to answer a search by reference, name, phone number or e-mail address."""
    letters = "".join(letter for letter in words.upper() if letter.isalnum())
    reference, start = [], 0
    for size in GROUPS:
        reference.append(letters[start : start + size])
        start += size
    wanted = Q(referral__reference="-".join(reference)) if len(letters) == start else Q(pk__in=[])
    wanted |= Q(referral__name_index=contact.name_index(words), referral__name_index__isnull=False)
    wanted |= Q(referral__email_index=contact.email_index(words.strip()))
    with contextlib.suppress(contact.ContactError):
        wanted |= Q(referral__phone_index=contact.phone_index(contact.phone(words)))
    return wanted


def _with_all_a_row_needs(entries: QuerySet[QueueEntry]) -> QuerySet[QueueEntry]:
    offers = Transfer.objects.open().select_related("to").defer("reason_ct")
    talks = Event.objects.filter(referral=OuterRef("referral"), facts__state__in=triage.TALKED)
    return (
        entries.select_related("referral", "locality", "owner")
        .defer("referral__story_ct", "referral__routed_why_ct")
        .prefetch_related(Prefetch("transfers", queryset=offers, to_attr="open_offers"))
        .annotate(children=Count("referral__people", filter=Q(referral__people__part=Person.Part.CHILD)))
        .annotate(has_talked=Exists(talks))
    )


def _conditions(user: object, now: datetime) -> dict[str, Q]:
    """Return what an open entry must be to be counted under each heading."""
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "new": Q(arrived_at__gte=today),
        "late": Q(due_at__lt=now, state__in=triage.AWAITING_CALL, referral__promised_at__isnull=False),
        "soon": Q(referral__urgency__gte=Referral.Urgency.SOON),
        "unclaimed": Q(owner__isnull=True),
        "mine": Q(owner=user),
        "all": Q(),
    }


def _counts(open_now: QuerySet[QueueEntry], user: object, now: datetime) -> dict[str, int]:
    conditions = _conditions(user, now)
    del conditions["all"]
    counted = {key: Count("pk", filter=condition) for key, condition in conditions.items()}
    return open_now.order_by().aggregate(all=Count("pk"), **counted)


def _groups(entries: Iterable[QueueEntry], now: datetime, *, apart: bool) -> list[Group]:
    """Return rows under a heading for each urgency; under none when all have the same."""
    rows = [_row(entry, now) for entry in entries]
    urgencies = sorted({row.entry.referral.urgency for row in rows}, reverse=True)
    if not apart or len(urgencies) < 2:
        return [Group("", rows)] if rows else []
    return [
        Group(Referral.Urgency(urgency).label, [row for row in rows if row.entry.referral.urgency == urgency])
        for urgency in urgencies
    ]


def _row(entry: QueueEntry, now: datetime) -> Row:
    offers = entry.open_offers  # type: ignore[attr-defined]
    told = _contact(entry.referral)
    they_ring = told is not None and wording.they_ring(told)
    return Row(
        entry=entry,
        initials="Cannot be opened" if told is None else wording.initials(str(told.get("name", ""))),
        children=entry.children,  # type: ignore[attr-defined]
        is_late=wording.is_late(entry, now),
        due=wording.due(entry, now) if wording.awaits_promise(entry) else "",
        they_ring=they_ring and entry.state in triage.AWAITING_CALL,
        has_talked=entry.state in triage.TALKED or entry.has_talked,  # type: ignore[attr-defined]
        age=wording.age_of(entry.referral.received_at, now),
        offered_to=offers[0].to.name if offers else "",
        next_step=wording.next_step(entry, is_offered=bool(offers), they_ring=they_ring),
        tone=wording.TONES.get(entry.state, ""),
        flag=wording.URGENCY.get(entry.referral.urgency, ""),
    )


def _contact(referral: Referral) -> Mapping[str, Any] | None:
    """Open once what a row shows in part. One spoilt row must not take the queue away: the sweep reports it."""
    try:
        return referral.contact or {}
    except SealedError:
        return None


def _offers_to(user: object) -> QuerySet[Transfer]:
    offers = Transfer.objects.offered_to(user).select_related("entry__referral", "entry__locality", "to")
    return offers.only(
        "offered_at",
        "to__name",
        "entry__locality__name",
        "entry__referral__reference",
        "entry__referral__urgency",
    ).order_by(F("entry__referral__urgency").desc(), "offered_at")


def _moved_from(user: object, now: datetime) -> QuerySet[QueueEntry]:
    """Return what this person's teams handed over lately: the reference, when, and to which team."""
    moved = QueueEntry.objects.moved_away_from(user).filter(closed_at__gte=now - RECENT)
    return (
        moved.select_related("referral", "locality", "went_to__locality")
        .only("closed_at", "referral__reference", "locality__name", "went_to__locality__name")
        .order_by("-closed_at")[:PER_PAGE]
    )
