"""What we add to Wagtail's admin, and what we take away."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLResolver, include, path, reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.search import SearchArea
from wagtail.admin.views.home import UserObjectsInWorkflowModerationPanel
from wagtail.admin.viewsets import viewsets
from wagtail.log_actions import LogActionRegistry
from wagtail.snippets.models import register_snippet

from . import action_menu, areas
from .choosers import service_chooser
from .dashboard import ListingSearch, YourListings, shows_listings
from .localities import EmptyTeams, keep_what_is_in_use
from .permissions import edits_everything
from .rows import RowDelete
from .viewsets import CouncilSettings, Directory

register_snippet(Directory)
register_snippet(CouncilSettings)
viewsets.register(service_chooser)
# The last of a name wins.
hooks.register("register_bulk_action", RowDelete, order=100)
hooks.register("before_delete_snippet", keep_what_is_in_use)
hooks.register("construct_snippet_action_menu", action_menu.arrange)

FOR_EDITORS = {"listings", "council"}
FOR_CONTENT_LEADS = {*FOR_EDITORS, "explorer", "images", "reports"}


@hooks.register("insert_global_admin_css")
def add_our_styles() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("admin.css"))


@hooks.register("register_admin_search_area")
def search_listings_first() -> SearchArea:
    """Let the menu's search look for activities: its first area is the one it uses."""
    return ListingSearch("Activities", reverse("wagtailsnippets_cms_activity:list"), order=1)


@hooks.register("register_admin_urls")
def add_areas() -> list[URLResolver]:
    return [path("areas/", include((areas.urlpatterns, "areas"), namespace="areas"))]


@hooks.register("register_log_actions")
def name_changes_of_areas(actions: LogActionRegistry) -> None:
    actions.register_action(areas.LOG_ACTION)(areas.AreasChanged)


@hooks.register("construct_homepage_panels")
def greet_with_own_listings(request: HttpRequest, panels: list[Any]) -> None:
    if shows_listings(request):
        panels.append(YourListings(request))
    if not edits_everything(request.user):  # type: ignore[arg-type]
        # They have listings only, and of those the panel above says as much.
        panels[:] = [panel for panel in panels if not isinstance(panel, UserObjectsInWorkflowModerationPanel)]
    if areas.may_see_areas(request.user):
        panels.append(EmptyTeams(request))


@hooks.register("construct_homepage_summary_items")
def count_no_pages(request: HttpRequest, items: list[Any]) -> None:
    """Leave out the counts of pages, images and documents; they help nobody here."""
    items.clear()


@hooks.register("construct_main_menu")
def show_only_what_opens(request: HttpRequest, items: list[Any]) -> None:
    """Take away menu entries whose pages this person may not enter."""
    user: Any = request.user
    if user.is_superuser:
        return
    kept = FOR_CONTENT_LEADS if edits_everything(user) else FOR_EDITORS
    items[:] = [item for item in items if item.name in kept]
