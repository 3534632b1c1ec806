"""What we add to Wagtail's admin, and what we take away."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.viewsets import viewsets
from wagtail.snippets.models import register_snippet

from .choosers import service_chooser
from .permissions import RowPolicy
from .rows import RowDelete
from .viewsets import CouncilSettings, Directory

register_snippet(Directory)
register_snippet(CouncilSettings)
viewsets.register(service_chooser)
# The last of a name wins.
hooks.register("register_bulk_action", RowDelete, order=100)

PUBLISHING = {"action-publish", "action-unpublish"}


@hooks.register("construct_snippet_action_menu")
def offer_only_what_is_allowed(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Leave out publishing where this person may not publish this record."""
    record = context.get("instance")
    user: AbstractBaseUser = request.user  # type: ignore[assignment]
    if record is None or record.pk is None:
        return
    if not RowPolicy(type(record)).user_has_permission_for_instance(user, "publish", record):
        items[:] = [item for item in items if item.name not in PUBLISHING]
