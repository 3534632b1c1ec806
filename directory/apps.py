"""Registers the package with Django."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "directory"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import signals

        # Receivers are kept by weak reference; the module keeps them.
        self.signals = signals
