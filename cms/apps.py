"""Registers the package with Django."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "cms"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Website"

    def ready(self) -> None:
        from . import accounts, checks, site  # noqa: F401 (registers them)

        accounts.connect()
        site.connect()
