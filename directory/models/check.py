"""Who confirmed that a listing is right, and when."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from .service import Service


class Check(models.Model):
    """Somebody confirmed a listing, as publishing it does. Append-only; the newest is Open Referral's assured date."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="checks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    on = models.DateField(default=timezone.localdate)

    class Meta:
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"Checked {self.on:%d %B %Y}"
