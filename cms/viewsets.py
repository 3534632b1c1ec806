"""The editors' screens: the directory, and what each council decides for itself."""

import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import Max, Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, LiveStatusTagColumn
from wagtail.snippets.views.snippets import CreateView, EditView, IndexView, SnippetViewSetGroup

from directory import schedules
from directory.models import Category, Organisation, Schedule, Service, ServiceLocation
from hubs.models import Council, Hub, Location

from . import areas, panels
from .choosers import PlacePages
from .localities import Localities
from .models import Activity, HelpOffer, OtherService
from .permissions import edits_everything, is_from_feed, own_hubs
from .rows import RowViewSet

NEVER = "Never"
READABLE = [
    "name",
    "organisation",
    "summary",
    "description",
    "cost",
    "booking",
    "phone",
    "email",
    "url",
    "source",
]


def where(listing: Service) -> str:
    """Return the places of a listing in a line."""
    names = [at.location.name for at in listing.service_locations.all() if at.location]
    return ", ".join(names) or listing.get_delivery_display()


def when(listing: Service) -> str:
    """Return the times of a listing in words."""
    rules = [rule for at in listing.service_locations.all() for rule in at.schedules.all()]
    return "; ".join(schedules.words(rule) for rule in rules)


def last_checked(listing: Service) -> str:
    """Return how long ago somebody confirmed a listing."""
    day: datetime.date | None = listing.last_checked_on  # type: ignore[attr-defined]
    return f"{day:%-d %B %Y}" if day else NEVER


def written_by(record: Model) -> str:
    return "Comes from a feed" if is_from_feed(record) else "Edited here"


def _own_hubs(request: HttpRequest) -> QuerySet[Hub]:
    return Hub.objects.all() if edits_everything(request.user) else own_hubs(request.user)  # type: ignore[arg-type]


class ListingFilters(WagtailFilterSet):
    """Narrows the list of listings."""

    at = django_filters.ModelChoiceFilter(
        field_name="service_locations__location", queryset=_own_hubs, label="Hub", method="filter_at"
    )
    categories = django_filters.ModelMultipleChoiceFilter(
        queryset=Category.objects.filter(parent__isnull=False),
        label="Topic",
        widget=forms.CheckboxSelectMultiple,
    )
    live = django_filters.BooleanFilter(label="Public")
    has_unpublished_changes = django_filters.BooleanFilter(label="Has a draft")
    unchecked_for_days = django_filters.NumberFilter(
        label="Not checked for so many days", method="filter_unchecked"
    )

    class Meta:
        model = Service
        fields: list[str] = []

    def filter_at(self, rows: QuerySet, name: str, hub: Hub | None) -> QuerySet:
        return rows.filter(service_locations__location=hub.pk).distinct() if hub else rows

    def filter_unchecked(self, rows: QuerySet, name: str, days: Any) -> QuerySet:
        if days is None:
            return rows
        since = timezone.localdate() - datetime.timedelta(days=int(days))
        return rows.exclude(checks__on__gt=since)


def _own_organisation(user: Any) -> Organisation | None:
    """Return whom somebody writes for, unless that is nobody, or one of several.

    Which organisation is a hub's or a council's own is not on file, so staff of a hub say who runs each listing.
    """
    own = list(Organisation.objects.filter(editors=user.pk)[:2])
    return own[0] if len(own) == 1 else None


def _own_council(user: Any) -> Council | None:
    """Return the council that somebody's records are in: that of their hubs, or the only one there is."""
    hub = own_hubs(user).select_related("council").first()
    if hub is not None:
        return hub.council
    councils = list(Council.objects.all()[:2])
    return councils[0] if len(councils) == 1 else None


def _place_at(hub: Hub) -> ServiceLocation:
    """Return a place with an empty time under it, ready to be filled in."""
    place = ServiceLocation(location_id=hub.pk)
    place.schedules = [Schedule(dtstart=timezone.localdate())]
    return place


class ListingWords:
    """Says who looks next at a listing that was submitted, and what a content lead decided."""

    action: str
    workflow_action = ""
    object: Service

    def get_success_message(self, instance: Service | None = None) -> str:
        listing = instance or self.object
        if self.action == "submit":
            return f"{listing} waits for a content lead to approve it. Families do not see this version yet."
        if self.workflow_action == "approve":
            return f"{listing} is approved."
        if self.workflow_action == "reject":
            return f"{listing} goes back to whoever wrote it."
        return super().get_success_message(instance)  # type: ignore[misc]


class EditListing(ListingWords, EditView):
    """A listing that is there."""


class NewListing(ListingWords, CreateView):
    """Begins a listing at the person's own hub or for their organisation."""

    def get_initial_form_instance(self) -> Service:
        listing = super().get_initial_form_instance() or self.model()
        user: Any = self.request.user
        hub = own_hubs(user).first()
        organisation = _own_organisation(user)
        council = _own_council(user)
        if hub is not None and self.request.method == "GET":
            listing.service_locations = [_place_at(hub)]
        if council is not None:
            listing.council = council
        if organisation is not None:
            listing.organisation = organisation
        return listing


class ListingViewSet(RowViewSet):
    """What the screens of every kind of listing share."""

    icon = "calendar-alt"
    add_view_class = NewListing
    edit_view_class = EditListing
    list_per_page = 25
    search_fields = ["name", "summary"]
    filterset_class = ListingFilters
    list_display = [
        "name",
        Column("where", label="Hub or place", accessor=where),
        Column("when", label="When", accessor=when),
        Column("last_checked", label="Last checked", accessor=last_checked),
        Column("written_by", label="Written by", accessor=written_by),
        LiveStatusTagColumn(),
    ]
    inspect_view_enabled = True
    inspect_view_fields = READABLE
    list_export = ["name", "summary", "cost", "booking", "live"]
    ordering = "name"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return (
            self.model.objects.annotate(last_checked_on=Max("checks__on"))
            .select_related("council", "latest_revision")
            .prefetch_related("service_locations__location", "service_locations__schedules")
        )


class Activities(ListingViewSet):
    model = Activity
    edit_handler = panels.ACTIVITY
    menu_label = "Activities"


class HelpOffers(ListingViewSet):
    model = HelpOffer
    icon = "help"
    edit_handler = panels.OFFER
    menu_label = "Family help offers"


class OtherServices(ListingViewSet):
    model = OtherService
    icon = "list-ul"
    edit_handler = panels.OTHER
    menu_label = "Other services"


class Hubs(RowViewSet):
    model = Hub
    icon = "home"
    edit_handler = panels.HUB
    search_fields = ["name", "city", "postal_code"]
    list_display = ["name", "city", "postal_code", "team", LiveStatusTagColumn()]
    list_filter = ["council", "live"]
    ordering = "name"


class PlaceList(IndexView):
    """Places, which the model calls locations as Open Referral does."""

    page_title = "Places"
    verbose_name = "place"
    verbose_name_plural = "places"
    add_item_label = "Add a place"
    paginator_class = PlacePages


class PlaceWords:
    """Says what became of a place."""

    error_message = "The place could not be saved. What is wrong is marked below."

    def get_success_message(self, instance: Location | None = None) -> str:
        return f"{instance or self.object} is saved."  # type: ignore[attr-defined]


class NewPlace(PlaceWords, CreateView):
    """Begins a place in the person's own council."""

    page_subtitle = "Place"

    def get_initial_form_instance(self) -> Location:
        place = super().get_initial_form_instance() or self.model()
        council = _own_council(self.request.user)
        if council is not None:
            place.council = council
        return place


class EditPlace(PlaceWords, EditView):
    """A place that is there."""


class Places(RowViewSet):
    model = Location
    icon = "site"
    index_view_class = PlaceList
    add_view_class = NewPlace
    edit_view_class = EditPlace
    menu_label = "Places"
    edit_handler = panels.LOCATION
    search_fields = ["name", "city", "postal_code"]
    list_display = [
        "name",
        "city",
        "postal_code",
        Column("written_by", label="Written by", accessor=written_by),
    ]
    list_filter = ["council"]
    ordering = "name"


class Categories(RowViewSet):
    model = Category
    icon = "tag"
    edit_handler = panels.CATEGORY
    menu_label = "Topics"
    search_fields = ["name", "aliases"]
    list_display = ["name", "parent", "order"]


class Organisations(RowViewSet):
    model = Organisation
    icon = "group"
    edit_handler = panels.ORGANISATION
    search_fields = ["name"]
    list_display = ["name", "email", "phone"]


class Councils(RowViewSet):
    model = Council
    icon = "cogs"
    edit_handler = panels.COUNCIL
    list_display = ["name", "service_name"]


class Directory(SnippetViewSetGroup):
    items = (Activities, HelpOffers, OtherServices, Hubs, Places, Categories, Organisations)
    menu_label = "Listings"
    menu_icon = "list-ul"
    menu_order = 150
    add_to_admin_menu = True


class CouncilSettings(SnippetViewSetGroup):
    items = (Councils, Localities)
    menu_label = "Council"
    menu_icon = "cogs"
    menu_order = 160
    add_to_admin_menu = True

    def get_submenu_items(self) -> list[MenuItem]:
        return [*super().get_submenu_items(), *areas.menu_items()]


VIEWSETS = [*Directory.items, *CouncilSettings.items]
