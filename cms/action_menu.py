"""The buttons under an editor's form: what this person is here to do comes first, in plain words."""

from copy import copy
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from wagtail.snippets.action_menu import SubmitForModerationMenuItem

from .permissions import RowPolicy

PUBLISHING = {"action-publish", "action-unpublish"}
FIRST = ["approve", "action-publish", "action-submit", "action-save"]
"""The main button is the first of these that is offered; the others follow it in the menu."""
WORDS = {
    "action-cancel-workflow": "Take out of approval",
    "action-restart-workflow": "Send for approval from the beginning",
    "action-unpublish": "Take off the website",
}
WORDS_OF_APPROVAL = {
    ("approve", False): "Approve and publish",
    ("approve", True): "Approve with a comment",
    ("reject", True): "Send back with a comment",
}


class SubmitForApproval(SubmitForModerationMenuItem):
    """Asks a content lead to look."""

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {**super().get_context_data(parent_context), "label": "Submit for approval"}


def arrange(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Leave out publishing where this person may not publish this record, or any new one. Put the rest in order."""
    may_publish = _may_publish(request.user, context)  # type: ignore[arg-type]
    kept = [item for item in items if may_publish or item.name not in PUBLISHING]
    left_out = _needless({item.name for item in kept})
    items[:] = sorted(
        (_in_our_words(item) for item in kept if item.name not in left_out),
        key=lambda item: _place(item.name),
    )


def _needless(names: set[str]) -> set[str]:
    """Return what another button says better: approving publishes, and what can be taken back is plainly locked."""
    needless = {"action-publish"} if "approve" in names else set()
    return needless | ({"action-locked"} if len(names) > 1 else set())


def _may_publish(user: AbstractBaseUser, context: dict[str, Any]) -> bool:
    record = context.get("instance")
    policy = RowPolicy(context["model"])
    if record is None or record.pk is None:
        return policy.user_has_permission(user, "publish")
    return policy.user_has_permission_for_instance(user, "publish", record)


def _place(name: str) -> int:
    return FIRST.index(name) if name in FIRST else len(FIRST)


def _in_our_words(item: Any) -> Any:
    """Return the item as we would say it. Wagtail shares the items between requests, so it is never changed."""
    if item.name == "action-submit":
        return SubmitForApproval(order=item.order)
    words = WORDS.get(item.name) or WORDS_OF_APPROVAL.get((item.name, getattr(item, "launch_modal", False)))
    if not words:
        return item
    said = copy(item)
    said.label = words
    return said
