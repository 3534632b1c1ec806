"""Pages where the journey stops short with advice."""

from typing import Any

from django.http import Http404
from django.urls import reverse

from hubs import authorities

from .steps import BY_SLUG, CHOSE_OUTSIDE, ENDS
from .views import JourneyPage, address_of


class EndView(JourneyPage):
    """Advice instead of a request. Nothing is sent, and the page is the same for everybody."""

    def get_template_names(self) -> list[str]:
        for end in ENDS:
            if end.number == self.kwargs["number"]:
                return [f"referrals/journey/end_{end.slug.replace('-', '_')}.html"]
        raise Http404

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        to = self.team()
        return super().get_context_data(
            council_id=to.locality.council_id if to else None,
            back_url=self._back(),
            **self._elsewhere(),
            **kwargs,
        )

    def _elsewhere(self) -> dict[str, Any]:
        """Return who helps where somebody lives, as far as their last answer said: a council, a nation or nobody."""
        where: Any = self.route.kept.get("where", {})
        elsewhere = str(where.get("elsewhere", ""))
        return {
            "council": authorities.authority(elsewhere),
            "nation": authorities.nation(elsewhere),
            "chose_outside": CHOSE_OUTSIDE(self.route.kept),
        }

    def _back(self) -> str:
        """Return the question whose answer led here."""
        where = "town" if CHOSE_OUTSIDE(self.route.kept) else "where"
        asked = {"numbers": "danger-now", "not-yet": "agreed", "worried": "agreed", "elsewhere": where}
        end = self.route.end
        return address_of(BY_SLUG[asked[end.slug]]) if end else reverse("journey:start")
