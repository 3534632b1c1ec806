"""What an editor sees first: their own listings, and what waits for somebody."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from wagtail.admin.search import SearchArea
from wagtail.admin.ui.components import Component

from directory.models import Service

from .models import Activity, HelpOffer, OtherService
from .permissions import RowPolicy, edits_everything, own_hubs

MOST_ROWS = 8
KINDS = (Activity, HelpOffer, OtherService)


class YourListings(Component):
    """The person's listings that need a hand, and a button to add another."""

    name = "your_listings"
    template_name = "cms/admin/your_listings.html"
    order = 50

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        user: Any = self.request.user
        policy = RowPolicy(Activity)
        return {
            "count": policy.rows(user).count(),
            "waiting": [
                (row, reverse(edit_url_name(row), args=[row.pk]), _state(row)) for row in self._waiting()
            ],
            "hubs": [
                (hub, reverse("wagtailsnippets_hubs_hub:edit", args=[hub.pk])) for hub in own_hubs(user)
            ],
            "everything": edits_everything(user),
            "may_add": policy.user_has_permission(user, "add"),
            "add_url": reverse("wagtailsnippets_cms_activity:add"),
            "list_url": reverse("wagtailsnippets_cms_activity:list"),
        }

    def _waiting(self) -> list[Service]:
        """Return the newest of the person's listings, of every kind, that families do not see as they are."""
        user: Any = self.request.user
        unseen = Q(live=False) | Q(has_unpublished_changes=True)
        rows = [
            row
            for kind in KINDS
            for row in RowPolicy(kind).rows(user).filter(unseen).order_by("-pk")[:MOST_ROWS]
        ]
        return sorted(rows, key=lambda row: -row.pk)[:MOST_ROWS]


def _state(listing: Service) -> str:
    """Say where a listing stands that is not as families see it, or not seen at all."""
    if listing.workflow_in_progress:
        return "waits for a content lead to approve it"
    return "has changes that nobody sees yet" if listing.live else "nobody sees it yet"


def edit_url_name(listing: Any) -> str:
    return f"wagtailsnippets_cms_{listing._meta.model_name}:edit"


class ListingSearch(SearchArea):
    """The menu's search, for those who keep listings; Wagtail's own searches pages, which few may open."""

    def is_shown(self, request: HttpRequest) -> bool:
        return shows_listings(request)


def shows_listings(request: HttpRequest) -> bool:
    """Say whether the person keeps any listings at all."""
    return any(RowPolicy(kind).user_has_any_permission(request.user, ["change"]) for kind in KINDS)
