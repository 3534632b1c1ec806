"""Who may use the desk, and what each person may see there. Every view at the desk is built on this."""

from functools import cached_property
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from hubs.models import Locality, Membership, User
from referrals import audit
from referrals.models import AccessLog, QueueEntry, Transfer


class DeskMixin:
    """For signed-in people who work in a team today. Everyone else is refused at their next request.

    The second factor is asked for by the middleware of the whole zone.
    """

    request: HttpRequest
    kwargs: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not self.memberships:
            audit.looked(self.user, AccessLog.Kind.REFUSED)
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    @property
    def user(self) -> User:
        return self.request.user  # type: ignore[return-value]

    @cached_property
    def memberships(self) -> list[Membership]:
        current = Membership.objects.current().filter(user=self.user)
        return list(current.select_related("locality__council").order_by("locality__name"))

    @property
    def teams(self) -> list[Locality]:
        """The localities where this person works today, each once, by name."""
        return list({membership.locality_id: membership.locality for membership in self.memberships}.values())

    def roles_in(self, locality_id: int) -> frozenset[str]:
        return frozenset(each.role for each in self.memberships if each.locality_id == locality_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)  # type: ignore[misc]
        names = ", ".join(team.name for team in self.teams)
        return {"section": "queue", "team": names, **context}


class EntryMixin(DeskMixin):
    """About one entry of one's own teams. Any other request is the same 404, there or not."""

    @cached_property
    def entry(self) -> QueueEntry:
        """The entry asked for.

        Raises:
            Http404: it is another team's, has moved away, or never was. The refusal is recorded.
        """
        asked = QueueEntry.objects.filter(referral__reference=self.kwargs["reference"])
        mine = asked.visible_to(self.user)
        entry = mine.select_related("referral__council", "locality__council", "owner").first()
        if entry is None:
            audit.looked(self.user, AccessLog.Kind.REFUSED, entry=asked.order_by("-arrived_at").first())
            raise Http404
        return entry

    @property
    def roles(self) -> frozenset[str]:
        return self.roles_in(self.entry.locality_id)


class OfferMixin(DeskMixin):
    """About one request that another team offers to one's own. Until it is accepted it shows only why."""

    @cached_property
    def offered(self) -> Transfer:
        """The offer asked for.

        Raises:
            Http404: no such offer is open to one's own teams. The refusal is recorded.
        """
        asked = Transfer.objects.filter(entry__referral__reference=self.kwargs["reference"])
        mine = asked.offered_to(self.user)
        offered = mine.select_related(
            "entry__referral", "entry__locality__council", "to__council", "by"
        ).first()
        if offered is None:
            about = asked.select_related("entry").first()
            audit.looked(self.user, AccessLog.Kind.REFUSED, entry=about.entry if about else None)
            raise Http404
        return offered

    @property
    def accepted_before(self) -> Transfer | None:
        """The offer asked for when somebody was quicker to accept it for one of one's own teams, which has it now."""
        asked = Transfer.objects.filter(entry__referral__reference=self.kwargs["reference"])
        if asked.offered_to(self.user).exists():
            return None
        mine = QueueEntry.objects.visible_to(self.user)
        accepted = asked.filter(accepted_at__isnull=False, entry__went_to__in=mine)
        return accepted.select_related("settled_by").order_by("-accepted_at").first()
