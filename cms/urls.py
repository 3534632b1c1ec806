"""Every address of the site. The order matters: Wagtail's pages come last."""

from django.conf import settings
from django.urls import include, path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.documents import urls as wagtaildocs_urls

from . import accounts, crawlers, health, rows, site
from .styleguide import styleguide

handler400 = "cms.errors.bad_request"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("brand/<slug:council>.<str:version>.css", site.brand_css, name="brand"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": crawlers.SITEMAPS}, name="sitemap"),
    path("account/", include("cms.account_urls")),
    # Wagtail's own two sign-in pages would let people past the second factor and the limits on guessing.
    path("admin/login/", accounts.to_sign_in, name="wagtail-sign-in-closed"),
    path("_util/login/", accounts.to_sign_in, name="wagtail-page-sign-in-closed"),
    # Wagtail's own shows what was done to every team to whoever has a right to one.
    path("admin/reports/site-history/", rows.site_history, name="site-history"),
    path("admin/reports/site-history/results/", rows.site_history_results, name="site-history-results"),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("help/", include("referrals.journey.urls")),
    path("desk/", include("referrals.desk.urls")),
    path("", include("directory.urls")),
]
if settings.STYLEGUIDE:
    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))
if settings.SERVE_MEDIA:
    urlpatterns.append(path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}, name="media"))
urlpatterns.append(path("", include(wagtail_urls)))
