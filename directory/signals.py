"""Keeps the search index in step when something a listing refers to changes."""

from typing import Any

from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver

from hubs.models import Hub, Location, TermDates

from . import schedules, search
from .models import Category, Organisation, Service


@receiver([post_save], sender=Location)
@receiver([post_save], sender=Hub)
def place_changed(instance: Location, created: bool, raw: bool, **kwargs: Any) -> None:
    """A place that moved, or got another name or another ramp, is found where and how it is now."""
    if not created and not raw:
        search.reindex_where(service_locations__location=instance.pk)


@receiver(post_save, sender=Category)
def category_changed(instance: Category, created: bool, raw: bool, **kwargs: Any) -> None:
    if created or raw:
        return
    search.reindex_where(categories=instance)
    search.reindex_where(categories__parent=instance)


@receiver(post_save, sender=Organisation)
def organisation_changed(instance: Organisation, created: bool, raw: bool, **kwargs: Any) -> None:
    if not created and not raw:
        search.reindex_where(organisation=instance)


@receiver(m2m_changed, sender=Service.categories.through)
def topics_changed(instance: Service, action: str, **kwargs: Any) -> None:
    """`service.categories` is also set without saving the listing."""
    if action in ("post_add", "post_remove", "post_clear") and isinstance(instance, Service):
        search.reindex(instance)


@receiver([post_save, post_delete], sender=TermDates)
def terms_changed(instance: TermDates, raw: bool = False, **kwargs: Any) -> None:
    if raw:
        return
    affected = Service.objects.filter(
        council=instance.council_id, service_locations__schedules__runs__in=["term", "holidays"]
    )
    for service in affected.distinct():
        schedules.rebuild(service)
