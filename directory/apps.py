"""Registers the package with Django."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "directory"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from hubs.models import Hub

        from . import hub_pages, signals

        # Receivers are kept by weak reference; the module keeps them.
        self.signals = signals
        Hub.page_context = staticmethod(hub_pages.hub_page)
