"""The door of the admin: which of Wagtail's pages each role may enter at all. What is not listed is closed.

Wagtail adds pages with every release, some of which ask only whether somebody may be in the admin. Here a page has
to be named before anybody but a superuser may see it; `cms.rows` then asks about the record at hand.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch

from .permissions import edits_everything
from .zones import Zone, zone_of

ADMIN = "wagtailadmin.access_admin"

FOR_EVERY_EDITOR = {
    "wagtailadmin_home",
    "wagtailadmin_account",
    "wagtailadmin_logout",
    "wagtailadmin_dismissibles",
    "wagtailadmin_choose_page",
    "wagtailadmin_choose_page_child",
    "wagtailadmin_choose_page_search",
    "wagtailadmin_choose_page_chosen_multiple",
    "wagtailadmin_choose_page_external_link",
    "wagtailadmin_choose_page_email_link",
    "wagtailadmin_choose_page_phone_link",
    "wagtail_bulk_action",
    "wagtailadmin_editing_sessions:*",
    "wagtailimages_chooser:*",
    "wagtailsnippets_cms_*",
    "wagtailsnippets_directory_*",
    "wagtailsnippets_hubs_*",
    "wagtailsnippetchoosers_cms_*",
    "wagtailsnippetchoosers_directory_*",
    "wagtailsnippetchoosers_hubs_*",
    "listing_chooser:*",
    "areas:*",
}
"""Names, and with a star their beginnings. Ours check rows; the others show nothing but the person's own."""

FOR_CONTENT_LEADS = {
    "wagtailadmin_explore*",
    "wagtailadmin_pages:*",
    "wagtailadmin_block_preview",
    "wagtailadmin_tag*",
    "wagtailadmin_api:*",
    "wagtailimages:*",
    "wagtailadmin_reports:workflow*",
    "wagtailadmin_reports:locked_pages*",
    "site-history*",
    "wagtailadmin_reports:aging_pages*",
    "wagtailadmin_reports:page_types_usage*",
}

FOR_ANYBODY = {
    "wagtail-sign-in-closed",
    "wagtailadmin_login",
    "wagtailadmin_sprite",
    "wagtailadmin_javascript_catalog",
}
"""Sign-in and what its page is drawn with."""


def named(name: str, names: set[str]) -> bool:
    """Say whether a page's name, with its namespaces, is one of `names` or begins with one that ends in a star."""
    return any(name.startswith(known[:-1]) if known.endswith("*") else name == known for known in names)


def may_enter(user: AbstractBaseUser, name: str) -> bool:
    """Say whether somebody may enter the admin's page of that name. Inside, the page has its own questions."""
    if name in FOR_ANYBODY:
        return True
    if not user.is_active or not user.has_perm(ADMIN):  # type: ignore[attr-defined]
        return False
    if user.is_superuser:  # type: ignore[attr-defined]
        return True
    if named(name, FOR_EVERY_EDITOR):
        return True
    return edits_everything(user) and named(name, FOR_CONTENT_LEADS)


class AdminDoor:
    """Refuses signed-in people every admin page that their role has no business on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        # Visitors are sent to sign in by Wagtail itself.
        if zone_of(request.path) is not Zone.ADMIN or not request.user.is_authenticated:
            return
        match: ResolverMatch | None = request.resolver_match
        if not may_enter(request.user, match.view_name if match else ""):
            raise PermissionDenied
