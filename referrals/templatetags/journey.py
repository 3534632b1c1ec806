"""What the pages of the journey need to know about the councils: the numbers that answer now."""

from django import template
from django.utils import timezone

from hubs.models import Council, CouncilNumber
from referrals import clock

register = template.Library()


@register.simple_tag
def numbers_now(*council_ids: int | None) -> list[dict[str, str]]:
    """Return the numbers to ring this hour for somebody worried about a child, as `{"name", "number", "hours"}`.

    The first id that is not empty chooses the council; with none, every council's numbers are given with its name.
    """
    chosen = next((each for each in council_ids if each), None)
    councils = Council.objects.prefetch_related("numbers")
    found = list(councils.filter(pk=chosen) if chosen else councils)
    return [
        {"name": _name(council, several=len(found) > 1), "number": number.number, "hours": number.hours}
        for council in found
        for number in _answering(council)
    ]


def _name(council: Council, *, several: bool) -> str:
    return f"{council.name}, children’s services" if several else f"{council.name} children’s services"


def _answering(council: Council) -> list[CouncilNumber]:
    """Return the numbers of the front door by day and of the duty team by night. Rather any than none."""
    kinds = CouncilNumber.Kind
    now = kinds.FRONT_DOOR if clock.is_open(council, timezone.now()) else kinds.OUT_OF_HOURS
    safety = [n for n in council.numbers.all() if n.kind in (kinds.FRONT_DOOR, kinds.OUT_OF_HOURS)]
    return [n for n in safety if n.kind == now] or safety


@register.simple_tag
def numbers_of_hubs(*council_ids: int | None) -> list[CouncilNumber]:
    """Return the numbers of the family hubs, for people who would rather talk."""
    chosen = next((each for each in council_ids if each), None)
    numbers = CouncilNumber.objects.filter(kind=CouncilNumber.Kind.FAMILY_HUBS).select_related("council")
    return list(numbers.filter(council=chosen) if chosen else numbers)


@register.simple_tag
def reading_hours(council_id: int | None) -> str:
    """Return when requests are read: "9am to 5pm, Monday to Friday"."""
    council = Council.objects.filter(pk=council_id).first() or Council()
    starts, ends = clock.hours(council)
    return f"{clock.hour_in_words(starts)} to {clock.hour_in_words(ends)}, Monday to Friday"
