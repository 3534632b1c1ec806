"""Registers the package with Django."""

from django.apps import AppConfig


class HubsConfig(AppConfig):
    name = "hubs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks  # noqa: F401 (registers itself)
