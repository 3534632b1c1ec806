"""The site's own settings and pages."""

from django.db import models
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from hubs.models import Council


@register_setting(icon="site")
class SiteBrand(BaseSiteSetting):
    """Which council's name, colours and logo a Wagtail site wears."""

    council = models.ForeignKey(Council, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "council of this site"
