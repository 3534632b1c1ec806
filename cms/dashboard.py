"""What an editor sees first: their own listings, and what waits for somebody."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from wagtail.admin.ui.components import Component

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
        waiting = self._waiting(policy.rows(user))
        return {
            "count": policy.rows(user).count(),
            "waiting": [(row, reverse(edit_url_name(row), args=[row.pk])) for row in waiting[:MOST_ROWS]],
            "hubs": [
                (hub, reverse("wagtailsnippets_hubs_hub:edit", args=[hub.pk])) for hub in own_hubs(user)
            ],
            "everything": edits_everything(user),
            "may_add": policy.user_has_permission(user, "add"),
            "add_url": reverse("wagtailsnippets_cms_activity:add"),
            "list_url": reverse("wagtailsnippets_cms_activity:list"),
        }

    def _waiting(self, rows: QuerySet[Activity]) -> QuerySet[Activity]:
        return rows.filter(Q(live=False) | Q(has_unpublished_changes=True)).order_by("-pk")


def edit_url_name(listing: Any) -> str:
    return f"wagtailsnippets_cms_{listing._meta.model_name}:edit"


def shows_listings(request: HttpRequest) -> bool:
    """Say whether the person keeps any listings at all."""
    return any(RowPolicy(kind).user_has_any_permission(request.user, ["change"]) for kind in KINDS)
