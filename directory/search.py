"""Keeps the search index in step with the listings, and turns what people ask into its bits and stems."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import nh3
import snowballstemmer
from django.db import transaction

from hubs.geo import Point
from hubs.models import ACCESS_FACTS, Location, Outcode
from hubs.postcodes import PostcodeError, normalise

from . import geometry, schedules, words
from .models import Category, Schedule, SearchEntry, SearchWord, Service, ServiceLocation

EXPECTING_BIT = 0
OLDEST_YEAR = 18
"""Bit 1 is under one, bit 2 one year old, and so on; the last stands for 18 to 25."""
OLDEST_MONTH = 26 * 12 - 1
ALL_AGES = (1 << (OLDEST_YEAR + 2)) - 1
DAY_BITS = {code: 1 << place for place, code in enumerate(schedules.DAY_CODES)}
ACCESS_BITS = {code: 1 << place for place, (code, _) in enumerate(ACCESS_FACTS)}
BATCH = 500
LONGEST_WORD = 40
MOST_WORDS_ASKED = 8
WORD = re.compile(r"[^\W_]+")
_COMMON = """
a about am an and any are as at be by can class classes do for from get group groups have help how i in is it me
my near need of on or our session sessions some support that the to us want we what where who with you your
"""
STOP_WORDS = frozenset(_COMMON.split())
"""Too common to narrow a search; ignored when asked, and not kept."""


# Bits


def age_bits(service: Service) -> int:
    """Return the ages a listing is for. No limits means everyone, also those expecting."""
    low, high = service.minimum_age, service.maximum_age
    expecting = 1 << EXPECTING_BIT if service.for_expecting else 0
    if low is None and high is None:
        return expecting if service.for_expecting and not service.for_parents else ALL_AGES
    first = low or 0
    last = OLDEST_MONTH if high is None else high
    years = range(OLDEST_YEAR + 1)
    return expecting | sum(1 << (year + 1) for year in years if _overlaps(year, first, last))


def _overlaps(year: int, first: int, last: int) -> bool:
    top = OLDEST_MONTH if year == OLDEST_YEAR else year * 12 + 11
    return first <= top and last >= year * 12


def age_bit(age: str) -> int:
    """Return the mask for an age as the search form has it: "baby" (expecting), "0" to "18"."""
    return 1 << EXPECTING_BIT if age == "baby" else 1 << (int(age) + 1)


def topic_bits(categories: Iterable[Category]) -> int:
    """Return the mask of some topics; headings have no bit of their own."""
    mask = 0
    for category in categories:
        if category.bit is not None:
            mask |= 1 << category.bit
    return mask


def day_bits(rules: Iterable[Schedule]) -> int:
    """Return the weekdays on which any of the rules has sessions."""
    mask = 0
    for rule in rules:
        code = schedules.DAY_CODES[rule.dtstart.weekday()] if rule.freq == Schedule.Freq.ONCE else rule.byday
        mask |= DAY_BITS[code]
    return mask


# Words


_stemmer = snowballstemmer.stemmer("english")


def stem(word: str) -> str:
    """Return the stem of a word. Stemming is repeated until nothing changes.

    Once is not enough: it leaves "breastfeeding" as "breastfeed", but "breastfeed" as "breastfe".
    """
    while (shorter := _stemmer.stemWord(word)) != word:
        word = shorter
    return word


def stems(text: str) -> list[str]:
    """Return the stems of the telling words in a text, each once, in order."""
    folded = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    found = WORD.findall(plain.replace("'", "").replace("’", ""))
    kept = (stem(word[:LONGEST_WORD]) for word in found if word not in STOP_WORDS)
    return list(dict.fromkeys(kept))


def stems_asked(text: str) -> list[str]:
    """Return what to look for when somebody types `text`; empty when they said nothing telling."""
    return stems(text)[:MOST_WORDS_ASKED]


# Entries


def reindex(service: Service) -> None:
    """Make the search entries of one listing what its saved rows say. None when it is not live."""
    _reindex([service.pk])


def rebuild_all(progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Rebuild the whole index, a batch at a time; return how many entries it holds."""
    pks = list(Service.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), BATCH):
        _reindex(pks[start : start + BATCH])
        progress(min(start + BATCH, len(pks)), len(pks))
    return SearchEntry.objects.count()


def reindex_where(**conditions: Any) -> None:
    """Reindex the listings that match, for example those at a place that moved."""
    pks = list(Service.objects.filter(**conditions).values_list("pk", flat=True).distinct())
    for start in range(0, len(pks), BATCH):
        _reindex(pks[start : start + BATCH])


@transaction.atomic
def _reindex(pks: list[int]) -> None:
    batch = _Batch(pks)
    SearchEntry.objects.filter(service__in=pks).delete()
    entries, texts = [], []
    for service in batch.services:
        for entry, text in batch.entries_of(service):
            entries.append(entry)
            texts.append(text)
    SearchEntry.objects.bulk_create(entries, batch_size=BATCH)
    rows = (
        SearchWord(entry=entry, word=word)
        for entry, text in zip(entries, texts, strict=True)
        for word in stems(text)
    )
    SearchWord.objects.bulk_create(rows, batch_size=2000)


class _Batch:
    """Some listings with all their rows, read in a handful of queries from what is saved, never from a draft."""

    def __init__(self, pks: list[int]) -> None:
        services = Service.objects.filter(pk__in=pks, live=True)
        self.services = list(services.select_related("council", "organisation"))
        self.places = defaultdict(list)
        for place in ServiceLocation.objects.filter(service__in=pks).select_related("location"):
            self.places[place.service_id].append(place)
        self.rules = defaultdict(list)
        for rule in Schedule.objects.filter(service_location__service__in=pks):
            self.rules[rule.service_location_id].append(rule)
        self.topics = defaultdict(list)
        links = Service.categories.through.objects.filter(service__in=pks)
        for link in links.select_related("category__parent").order_by("pk"):
            self.topics[link.service_id].append(link.category)

    def entries_of(self, service: Service) -> list[tuple[SearchEntry, str]]:
        """Return an entry, with the text that finds it, for each place and for being had from anywhere.

        What families can have anywhere is listed at a place only when it has times there.
        """
        topics, places = self.topics[service.pk], self.places[service.pk]
        text, tied = _text(service, topics), service.coverage == Service.Coverage.PLACE
        made = []
        for place in places:
            if place.location and (tied or self.rules[place.pk]):
                entry = _entry(service, topics, self.rules[place.pk], place)
                made.append((entry, f"{text} {words.place_in_words(place.location)}"))
        if not (made and tied):
            anywhere = [place for place in places if place.location is None]
            rules = [rule for place in anywhere for rule in self.rules[place.pk]]
            made.append((_entry(service, topics, rules, anywhere[0] if anywhere else None), text))
        return made


def _entry(
    service: Service, topics: list[Category], rules: list[Schedule], place: ServiceLocation | None
) -> SearchEntry:
    location = place.location if place else None
    point = _position(location) if location else None
    return SearchEntry(
        service=service,
        service_location=place,
        location=location,
        council=service.council,
        kind=service.kind,
        delivery=service.delivery,
        coverage=Service.Coverage.PLACE if location else _reach(service),
        cost=service.cost,
        send_welcome=service.send_welcome,
        cell=geometry.cell(*point) if point else None,
        latitude=point.latitude if point else None,
        longitude=point.longitude if point else None,
        topics=topic_bits(topics),
        ages=age_bits(service),
        days=day_bits(rules),
        access=sum(ACCESS_BITS.get(code, 0) for code in set(location.access)) if location else 0,
        languages=f" {' '.join(service.languages)} " if service.languages else "",
        name=service.name,
        card=card_of(service, topics, rules, location),
    )


def _reach(service: Service) -> str:
    """A listing without a place of its own is had from anywhere in its council, or in the country."""
    national = service.coverage == Service.Coverage.NATIONAL
    return Service.Coverage.NATIONAL if national else Service.Coverage.COUNCIL


def card_of(
    service: Service, topics: list[Category], rules: list[Schedule], location: Location | None
) -> dict[str, Any]:
    """Return what a result shows of a listing at a place, in words. The keys are those of `ServiceCard`."""
    topic = topics[0] if topics else None
    return {
        "slug": service.slug,
        "kind": topic.name if topic else service.get_kind_display(),
        "icon": topic.picture if topic else "sun",
        "tone": topic.tone if topic else "accent",
        "when": "; ".join(schedules.words(rule) for rule in rules[:3]),
        "where": words.place_in_words(location) if location else words.delivery_in_words(service),
        "summary": service.summary,
        "ages": words.ages_in_words(service),
        "cost": words.cost_in_words(service),
        "is_free": service.cost == Service.Cost.FREE,
        "booking": words.BOOKING_WORDS[Service.Booking(service.booking)],
        "masked": bool(location and location.masked),
    }


def _text(service: Service, topics: list[Category]) -> str:
    parts = [service.name, service.summary, service.eligibility, service.organisation.name]
    parts.append(nh3.clean(service.description.replace("<", " <"), tags=set()))
    for topic in topics:
        parts += [topic.name, topic.aliases, topic.parent.name if topic.parent else ""]
    parts += words.languages_in_words(service.languages)
    if service.send_welcome:
        parts.append("SEND special needs disability")
    return " ".join(parts)


def _position(location: Location) -> Point | None:
    """Return where to measure from. A secret address is only somewhere in its postcode district."""
    if location.latitude is None or location.longitude is None:
        return None
    if not location.masked:
        return Point(location.latitude, location.longitude)
    try:
        outcode = Outcode.objects.filter(pk=normalise(location.postal_code)[:-3]).first()
    except PostcodeError:
        outcode = None
    if outcode:
        return Point(outcode.latitude, outcode.longitude)
    return Point(round(location.latitude, 1), round(location.longitude, 1))
