"""Makes Wagtail's admin views ask about the record at hand, not only about the model."""

from typing import Any, ClassVar

from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest
from django.views.decorators.cache import never_cache
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.reports.audit_logging import LogEntriesView
from wagtail.models import ModelLogEntry
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction
from wagtail.snippets.views.snippets import SnippetViewSet

from hubs.models import Locality

from .choosers import ScopedSnippetChooser
from .permissions import RowPolicy, edits_everything, is_from_feed

PER_ROW = {"change", "delete", "publish"}


class RowChecked:
    """Before anything else: is the record in the address one of this person's? If not, there is no such page."""

    permission_policy: RowPolicy | None = None
    request: HttpRequest

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        pk = kwargs.get("pk")
        if pk is not None and not self._rows(request).filter(pk=unquote(str(pk))).exists():
            raise Http404
        super().setup(request, *args, **kwargs)  # type: ignore[misc]

    def _rows(self, request: HttpRequest) -> QuerySet:
        # A view without a policy is one we forgot: nothing is anybody's.
        if self.permission_policy is None:
            raise Http404
        return self.permission_policy.rows(request.user)  # type: ignore[arg-type]

    def user_has_permission(self, permission: str) -> bool:
        if not super().user_has_permission(permission):  # type: ignore[misc]
            return False
        record = getattr(self, "object", None)
        if permission not in PER_ROW or record is None or record.pk is None or self.permission_policy is None:
            return True
        return self.permission_policy.user_has_permission_for_instance(
            self.request.user,  # type: ignore[arg-type]
            permission,
            record,
        )

    def get_available_actions(self) -> list[str]:
        actions = super().get_available_actions()  # type: ignore[misc]
        if "publish" in actions and not self.user_has_permission("publish"):
            actions.remove("publish")
        return actions

    def publish_action(self) -> Any:
        """Ask again once the record is there: a new one belongs to nobody until it is saved."""
        if not self.user_has_permission("publish"):
            raise PermissionDenied
        return super().publish_action()  # type: ignore[misc]


class RowList:
    """A list of somebody's own records."""

    permission_policy: RowPolicy
    request: HttpRequest

    def get_base_queryset(self) -> QuerySet:
        rows = self.permission_policy.rows(self.request.user)  # type: ignore[arg-type]
        return super().get_base_queryset().filter(pk__in=rows.values("pk"))  # type: ignore[misc]

    def get_edit_url(self, instance: Model) -> str | None:
        """Lead to what is read only where the record is somebody else's to write."""
        may = self._may("change", instance)
        return super().get_edit_url(instance) if may else None  # type: ignore[misc]

    def get_delete_url(self, instance: Model) -> str | None:
        may = self._may("delete", instance)
        return super().get_delete_url(instance) if may else None  # type: ignore[misc]

    def _may(self, action: str, instance: Model) -> bool:
        # The list holds only the person's own rows, so only the record's own state is left to ask.
        return not (action in PER_ROW and is_from_feed(instance))


class LeadsOnly:
    """A view that shows records beside the one at hand, so it is for those who may see all of them."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        if not edits_everything(request.user):  # type: ignore[arg-type]
            raise Http404
        super().setup(request, *args, **kwargs)  # type: ignore[misc]


class RowViewSet(SnippetViewSet):
    """Screens in which every view is checked row by row. Subclasses need not, and cannot, opt in."""

    chooser_viewset_class = ScopedSnippetChooser
    inspect_view_enabled = False
    copy_view_enabled = False
    extra_views: ClassVar[dict[str, type]] = {"index_view_class": RowList, "usage_view_class": LeadsOnly}

    @property
    def permission_policy(self) -> RowPolicy:
        return RowPolicy(self.model)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in dir(cls):
            # The view that reverts is made of the one that edits.
            if not name.endswith("_view_class") or name == "revisions_revert_view_class":
                continue
            view = getattr(cls, name)
            if issubclass(view, RowChecked):
                continue
            bases = (RowChecked, *([cls.extra_views[name]] if name in cls.extra_views else []), view)
            setattr(cls, name, type(view.__name__, bases, {"__module__": view.__module__}))


class SiteHistory(LogEntriesView):
    """What was done to pages and records, but for teams that the person does not look after."""

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        shown: QuerySet = super().filter_queryset(queryset)
        user = self.request.user
        if shown.model is not ModelLogEntry or user.is_superuser:
            return shown
        own = [str(pk) for pk in RowPolicy(Locality).rows(user).values_list("pk", flat=True)]
        teams = Q(content_type=ContentType.objects.get_for_model(Locality))
        return shown.exclude(teams & ~Q(object_id__in=own))


site_history = require_admin_access(never_cache(SiteHistory.as_view()))
site_history_results = require_admin_access(never_cache(SiteHistory.as_view(results_only=True)))


class RowDelete(DeleteBulkAction):
    """Deleting several records: those that are not this person's are neither deleted nor named."""

    def get_actionable_objects(self) -> tuple[list, dict[str, list]]:
        policy = RowPolicy(self.model)
        ids = self.request.GET.getlist("id")
        rows = policy.rows(self.request.user)
        chosen = list(rows if "all" in ids else rows.filter(pk__in=[pk for pk in ids if pk.isdigit()]))
        may = {
            row.pk
            for row in chosen
            if policy.user_has_permission_for_instance(self.request.user, "delete", row)
        }
        return (
            [row for row in chosen if row.pk in may],
            {"items_with_no_access": [row for row in chosen if row.pk not in may]},
        )
