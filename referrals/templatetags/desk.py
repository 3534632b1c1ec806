"""How templates of the desk tell a time."""

from datetime import datetime

from django import template
from django.utils import timezone

from referrals.desk import wording

register = template.Library()


@register.filter
def when(moment: datetime) -> str:
    """Return "9:28am today" or "4pm on Monday 16 November"."""
    return wording.when(moment, timezone.now())
