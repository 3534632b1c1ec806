"""What every template may use: the council's brand and whether this is a demonstration."""

from django.http import HttpRequest

from . import site as sites


def site(request: HttpRequest) -> dict[str, object]:
    """Return `brand` (see `cms.site.Brand`), `site_name`, `brand_css_url` and `is_demo`."""
    brand = sites.brand_for(request)
    return {
        "brand": brand,
        "site_name": brand.service_name,
        "brand_css_url": brand.css_url,
        "is_demo": brand.is_demo,
    }
