"""Every address of the editors' screens, filled in for one record."""

from django.contrib.admin.utils import quote
from django.urls import reverse
from wagtail import hooks
from wagtail.models import WorkflowState

from cms.viewsets import VIEWSETS

SCREENS = {viewset().model._meta.model_name: viewset for viewset in VIEWSETS}


def screens():
    """Return the registered viewset of each model, by the model's name."""
    hooks.search_for_hooks()
    return {name: viewset.model.snippet_viewset for name, viewset in SCREENS.items()}


def in_moderation(record, by):
    """Give a record a revision and a workflow, so that all its addresses exist."""
    revision = record.save_revision(user=by)
    return revision, record.get_workflow().start(record, by)


def addresses(viewset, record, by):
    """Return `{view name: path}` for all of a viewset's addresses that are about `record`, or about none."""
    known = {"pk": quote(record.pk), "action_name": "approve"}
    if viewset.workflow_enabled:
        revision = record.latest_revision or in_moderation(record, by)[0]
        state = WorkflowState.objects.for_instance(record).get()
        known |= {
            "revision_id": revision.pk,
            "revision_id_a": "live",
            "revision_id_b": "latest",
            "task_state_id": state.current_task_state_id,
            "task_id": state.current_task_state.task_id,
            "workflow_state_id": state.pk,
        }
    found = {}
    for pattern in viewset.get_urlpatterns():
        wanted = pattern.pattern.converters or pattern.pattern.regex.groupindex
        kwargs = {name: known[name] for name in wanted}
        found[pattern.name] = reverse(viewset.get_url_name(pattern.name), kwargs=kwargs)
    return found


def chooser_addresses(viewset, record):
    namespace = viewset.get_chooser_admin_url_namespace()
    return {
        "choose": reverse(f"{namespace}:choose"),
        "choose_results": reverse(f"{namespace}:choose_results"),
        "chosen": reverse(f"{namespace}:chosen", args=[quote(record.pk)]),
        "chosen_multiple": reverse(f"{namespace}:chosen_multiple") + f"?id={record.pk}",
        "create": reverse(f"{namespace}:create"),
    }


__all__ = ["SCREENS", "addresses", "chooser_addresses", "in_moderation", "screens"]
