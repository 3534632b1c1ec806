"""Windows in which editors choose a record. Each offers only what its person may use."""

from typing import Any

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.telepath import register
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import chooser as views
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.snippets.views import chooser as snippet_views
from wagtail.snippets.views.chooser import SnippetChooserViewSet
from wagtail.snippets.widgets import AdminSnippetChooser, SnippetChooserAdapter

from hubs.models import Location

from .permissions import choosable


class NameFilter(views.BaseFilterForm):
    """Finds records by part of their name."""

    q = forms.CharField(label="Name", required=False, widget=forms.TextInput(attrs={"placeholder": "Search"}))

    def filter(self, objects: QuerySet) -> QuerySet:
        words = self.cleaned_data.get("q")
        if words:
            self.is_searching, self.search_query = True, words
            return objects.filter(name__icontains=words)
        return objects


class Scoped:
    """Keeps a chooser's views to the records that the person may choose."""

    request: HttpRequest
    model_class: type[Model]
    filter_form_class = NameFilter

    @property
    def columns(self) -> list[Column]:
        """Two places may have one name, so the town stands beside it."""
        columns = super().columns  # type: ignore[misc]
        if issubclass(self.model_class, Location):
            columns[1:1] = [Column("city", label="Town"), Column("postal_code", label="Postcode")]
        return columns

    def _rows(self) -> QuerySet:
        user: AbstractBaseUser = self.request.user  # type: ignore[assignment]
        return choosable(self.model_class, user)

    def get_object_list(self) -> QuerySet:
        return self._rows()

    def get_object(self, pk: Any) -> Model:
        return self._rows().get(pk=pk)

    def get_objects(self, pks: list[Any]) -> QuerySet:
        return self._rows().filter(pk__in=pks)

    def can_create(self) -> bool:
        return False


def noun(model: type[Model]) -> str:
    """Return what an editor calls a record of a model."""
    return "place" if model._meta.concrete_model is Location else str(model._meta.verbose_name)


def _a(what: str) -> str:
    return f"{'an' if what[0] in 'aeiou' else 'a'} {what}"


class PlacePages(WagtailPaginator):
    """Counts places by an editor's name for them."""

    verbose_name = "place"
    verbose_name_plural = "places"


class Named:
    """Says what is chosen, and what to do when it is not there, in an editor's words."""

    model_class: type[Model]
    results_template_name = "cms/admin/chooser_results.html"

    @property
    def page_subtitle(self) -> str:
        return _a(noun(self.model_class))

    @property
    def paginator_class(self) -> type[WagtailPaginator]:
        return PlacePages if noun(self.model_class) == PlacePages.verbose_name else WagtailPaginator


class SnippetChoose(Named, Scoped, snippet_views.ChooseView):
    """The window."""


class SnippetResults(Named, Scoped, snippet_views.ChooseResultsView):
    """Its list, when searched or paged."""


class SnippetChosen(Scoped, snippet_views.SnippetChosenView):
    """What was chosen."""


class SnippetChosenSeveral(Scoped, snippet_views.SnippetChosenMultipleView):
    """Several that were chosen."""


class SnippetCreate(Scoped, snippet_views.SnippetCreateView):
    """Nothing is made in a chooser."""


class ChoosableOnly(AdminSnippetChooser):
    """Shows what is chosen in a form. Of a record that its field does not offer, not even the name."""

    def get_instance(self, value: Any) -> Model | None:
        offered: QuerySet | None = getattr(getattr(self, "choices", None), "queryset", None)
        if value is None or offered is None or isinstance(value, self.model_class):
            chosen: Model | None = super().get_instance(value)
            return chosen
        return offered.filter(pk=value).first()


register(SnippetChooserAdapter(), ChoosableOnly)


class ScopedSnippetChooser(SnippetChooserViewSet):
    """A chooser of records with screens of their own."""

    choose_view_class = SnippetChoose
    choose_results_view_class = SnippetResults
    chosen_view_class = SnippetChosen
    chosen_multiple_view_class = SnippetChosenSeveral
    create_view_class = SnippetCreate

    @cached_property
    def widget_class(self) -> ChoosableOnly:
        widget = ChoosableOnly(model=self.model, icon=self.icon)
        what = noun(self.model)
        widget.choose_one_text = f"Choose {_a(what)}"
        widget.choose_another_text = f"Choose another {what}"
        widget.link_to_chosen_text = f"Look at this {what}"
        widget.clear_choice_text = f"No {what}"
        return widget


class Choose(Scoped, views.ChooseView):
    """The window."""


class Results(Scoped, views.ChooseResultsView):
    """Its list, when searched or paged."""


class Chosen(Scoped, views.ChosenView):
    """What was chosen."""


class ChosenSeveral(Scoped, views.ChosenMultipleView):
    """Several that were chosen."""


class Create(Scoped, views.CreateView):
    """Nothing is made in a chooser."""


class ServiceChooser(ChooserViewSet):
    """Any listing of whatever kind, for articles."""

    model = "directory.Service"
    icon = "calendar-alt"
    choose_one_text = "Choose a listing"
    choose_another_text = "Choose another listing"
    edit_item_text = "Edit this listing"
    choose_view_class = Choose
    choose_results_view_class = Results
    chosen_view_class = Chosen
    chosen_multiple_view_class = ChosenSeveral
    create_view_class = Create


service_chooser = ServiceChooser("listing_chooser", url_prefix="choose-listing")
ServiceChooserBlock = service_chooser.get_block_class(name="ServiceChooserBlock", module_path="cms.choosers")
