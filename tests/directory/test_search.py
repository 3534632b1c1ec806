"""The search index: what is found, where, in which order."""

import random

import pytest
from django.db import connection
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from directory import geometry, search
from directory.models import Category, SearchEntry, SearchWord, Service
from directory.near import nearest
from hubs.geo import METRES_PER_MILE, Point
from tests.factories.directory import (
    CategoryFactory,
    HeadingFactory,
    PlacedServiceFactory,
    ScheduleFactory,
    ServiceFactory,
)
from tests.factories.hubs import CouncilFactory, HubFactory, LocationFactory, OutcodeFactory

pytestmark = pytest.mark.django_db

DORCHESTER = Point(50.7117, -2.4405)
ENGLAND = {"min_lat": 50.0, "max_lat": 55.7, "min_lon": -5.6, "max_lon": 1.7}


def scattered(count, seed=7, around=DORCHESTER):
    """Save entries at reproducible positions within some forty miles of Dorchester."""
    dice = random.Random(seed)
    service = ServiceFactory()
    SearchEntry.objects.all().delete()
    rows = []
    for number in range(count):
        latitude = around.latitude + dice.uniform(-0.6, 0.6)
        longitude = around.longitude + dice.uniform(-0.9, 0.9)
        rows.append(
            SearchEntry(
                service=service,
                name=str(number),
                kind="activity",
                cell=geometry.cell(latitude, longitude),
                latitude=latitude,
                longitude=longitude,
                topics=1 << (number % 5),
                ages=search.ALL_AGES,
            )
        )
    return SearchEntry.objects.bulk_create(rows)


def exactly_m(entry, point=DORCHESTER):
    return geodesic(point, (entry.latitude, entry.longitude)).m


@pytest.mark.parametrize("miles", [1, 3, 10, 30])
def test_near_finds_the_same_in_the_same_order_as_geopy(miles):
    everything = scattered(400)
    within_m = miles * METRES_PER_MILE

    found = list(SearchEntry.objects.near(DORCHESTER, within_m))

    expected = sorted((e for e in everything if exactly_m(e) <= within_m), key=exactly_m)
    assert [entry.pk for entry in found] == [entry.pk for entry in expected]


SKEGNESS, LERWICK, OUT_AT_SEA = Point(53.144, 0.343), Point(60.155, -1.145), Point(50.1, -9.5)


@pytest.mark.parametrize("middle", [SKEGNESS, LERWICK], ids=["by the sea", "at 60 degrees north"])
def test_the_nearest_ten_are_geopys_from_wherever_one_asks(middle):
    everything, dice = scattered(60, around=middle), random.Random(8)

    for _ in range(40):
        origin = Point(middle.latitude + dice.uniform(-0.3, 0.3), middle.longitude + dice.uniform(-0.4, 0.4))
        within_m = 30 * METRES_PER_MILE
        exact = sorted(exactly_m(entry, origin) for entry in everything)
        found = [exactly_m(entry, origin) for entry in SearchEntry.objects.near(origin, within_m)[:10]]
        assert found == pytest.approx([metres for metres in exact if metres <= within_m][:10], abs=0.01)


def test_nothing_is_near_the_middle_of_the_sea():
    scattered(60)

    assert not SearchEntry.objects.near(OUT_AT_SEA, 30 * METRES_PER_MILE).exists()


def test_near_measures_to_the_metre():
    scattered(200)

    for entry in SearchEntry.objects.near(DORCHESTER, 10 * METRES_PER_MILE):
        assert entry.square_m**0.5 == pytest.approx(exactly_m(entry), abs=0.5)


@given(
    latitude=st.floats(ENGLAND["min_lat"], ENGLAND["max_lat"]),
    longitude=st.floats(ENGLAND["min_lon"], ENGLAND["max_lon"]),
    bearing=st.floats(0, 360),
    miles=st.floats(0.1, 30),
)
def test_a_circle_lies_within_its_cells(latitude, longitude, bearing, miles):
    within_m = miles * METRES_PER_MILE
    there = geodesic(meters=within_m * 0.999).destination((latitude, longitude), bearing)
    square = geometry.square_around(Point(latitude, longitude), within_m)

    cells = geometry.cells_of(square)

    assert square.south <= there.latitude <= square.north
    assert square.west <= there.longitude <= square.east
    assert not cells or geometry.cell(there.latitude, there.longitude) in cells


def test_the_nearest_are_those_of_near_with_totals_for_each_distance():
    scattered(200)
    distances_m = [miles * METRES_PER_MILE for miles in (3, 10, 30)]

    pks, totals = nearest(SearchEntry.objects.all(), DORCHESTER, distances_m, most=25)

    assert pks == [entry.pk for entry in SearchEntry.objects.near(DORCHESTER, distances_m[-1])[:25]]
    assert totals == [SearchEntry.objects.near(DORCHESTER, within_m).count() for within_m in distances_m]
    assert totals[0] < totals[1] < totals[2]


def test_the_nearest_of_nothing_are_none():
    scattered(10)

    at_sea = nearest(SearchEntry.objects.all(), OUT_AT_SEA, [1000, 2000], most=5)
    of_none = nearest(SearchEntry.objects.none(), DORCHESTER, [1000, 2000], most=5)

    assert at_sea == of_none == ([], [0, 0])


def test_a_search_near_a_place_reads_only_the_index(django_assert_num_queries):
    scattered(50)
    entries = SearchEntry.objects.about(1).suitable_for(search.age_bit("3"))
    if connection.vendor == "postgresql":
        # On so few rows the planner would read the table.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")

    with django_assert_num_queries(1) as asked:
        nearest(entries, DORCHESTER, [5 * METRES_PER_MILE], most=20)

    with connection.cursor() as cursor:
        explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        cursor.execute(f"{explain} {asked.captured_queries[0]['sql']}")
        plan = str(cursor.fetchall())
    assert (
        "COVERING INDEX directory_search_near" in plan
        or "Index Only Scan using directory_search_near" in plan
    )


# Ages


@pytest.mark.parametrize(
    ("fields", "found_by"),
    [
        ({}, {"baby", "0", "1", "5", "18"}),
        ({"minimum_age": 0, "maximum_age": 11}, {"0"}),
        ({"minimum_age": 18, "maximum_age": 59}, {"1", "2", "3", "4"}),
        ({"minimum_age": 132}, {"11", "12", "17", "18"}),
        ({"for_expecting": True}, {"baby"}),
        ({"for_expecting": True, "minimum_age": 0, "maximum_age": 11}, {"baby", "0"}),
        ({"for_parents": True}, {"baby", "0", "17"}),
    ],
)
def test_ages_match_when_they_overlap(fields, found_by):
    bits = search.age_bits(ServiceFactory.build(**fields))
    asked = ["baby", *(str(year) for year in range(19))]

    found = {age for age in asked if bits & search.age_bit(age)}

    assert found_by <= found
    if fields and not fields.get("for_parents") and "minimum_age" in fields and "maximum_age" in fields:
        assert found == found_by


# Words


@pytest.mark.parametrize("asked", ["breastfeed", "Breastfeeding", "BREASTFED", "breast"])
def test_other_words_for_a_topic_find_it(asked):
    topic = CategoryFactory(name="Infant feeding", aliases="breastfeeding, bottle, formula")
    PlacedServiceFactory(name="Friday cafe", topics=[topic])
    PlacedServiceFactory(name="Sing and sign")

    found = SearchEntry.objects.matching(search.stems_asked(asked))

    assert [entry.name for entry in found] == ["Friday cafe"]


def test_every_word_asked_must_be_there():
    PlacedServiceFactory(name="Baby massage")
    PlacedServiceFactory(name="Baby yoga")

    found = SearchEntry.objects.matching(search.stems_asked("massage for my baby"))

    assert [entry.name for entry in found] == ["Baby massage"]


def test_accents_and_apostrophes_do_not_matter():
    PlacedServiceFactory(name="Žaidimų rytas")
    PlacedServiceFactory(name="Young carers' night")

    assert SearchEntry.objects.matching(search.stems_asked("zaidimu")).count() == 1
    assert SearchEntry.objects.matching(search.stems_asked("carer’s")).count() == 1


@given(st.text(max_size=300))
def test_any_text_may_be_asked(text):
    asked = search.stems_asked(text)

    assert len(asked) <= search.MOST_WORDS_ASKED
    assert all(stem and not set(stem) & set("%_\\\"'") for stem in asked)
    list(SearchEntry.objects.matching(asked)[:1])


def test_long_and_strange_text_is_harmless():
    for text in ('"', '""" AND "', "🧸" * 50, "x" * 10_000, "%", "_", "\\", "a'b"):
        assert list(SearchEntry.objects.matching(search.stems_asked(text))) == []


# Keeping in step


def entries_of(service):
    return list(SearchEntry.objects.filter(service=service))


def test_a_draft_is_not_in_the_index():
    service = PlacedServiceFactory(draft=True)

    assert entries_of(service) == []


def test_unpublishing_takes_a_listing_out_at_once():
    service = PlacedServiceFactory()
    assert entries_of(service)

    service.unpublish()

    assert entries_of(service) == []
    assert not SearchWord.objects.exists()


def test_publishing_a_draft_puts_it_in_as_it_is_then():
    service = PlacedServiceFactory(draft=True)
    service.name = "Brand new name"
    service.save_revision().publish()

    assert [entry.name for entry in entries_of(service)] == ["Brand new name"]


def test_saving_a_draft_of_a_live_listing_leaves_what_the_public_sees():
    service = PlacedServiceFactory(name="As it was")
    draft = Service.objects.get(pk=service.pk)
    draft.name = "Not yet"
    draft.service_locations.set([])

    draft.save_revision()

    assert [entry.name for entry in entries_of(service)] == ["As it was"]


def test_a_listing_at_two_places_has_two_entries():
    service = ServiceFactory(at=[LocationFactory(), LocationFactory()], rules=[{}])

    assert len(entries_of(service)) == 2


def test_what_is_had_anywhere_has_an_entry_without_a_place():
    (entry,) = entries_of(ServiceFactory(online=True, at=[None], rules=[{}]))

    assert entry.latitude is None
    assert entry.coverage == "council"
    assert entry.service_location is not None


def test_a_place_without_times_does_not_tie_down_what_is_had_anywhere():
    (entry,) = entries_of(ServiceFactory(coverage="council", at=[LocationFactory()]))

    assert entry.location is None


def test_a_hub_that_moves_takes_its_listings_along():
    hub = HubFactory()
    service = PlacedServiceFactory(at=hub)
    hub.latitude, hub.longitude = 52.0, -1.0

    hub.save()

    (entry,) = entries_of(service)
    assert (entry.latitude, entry.longitude) == (52.0, -1.0)


def test_a_renamed_topic_is_shown_and_found_by_its_new_name():
    topic = CategoryFactory(name="Old name")
    service = PlacedServiceFactory(topics=[topic])
    topic.name = "Penguins"

    topic.save()

    (entry,) = entries_of(service)
    assert entry.card["kind"] == "Penguins"
    assert SearchEntry.objects.matching(search.stems_asked("penguin")).count() == 1


def test_a_renamed_heading_is_found_too():
    heading = HeadingFactory()
    PlacedServiceFactory(topics=[CategoryFactory(parent=heading)])
    heading.name = "Penguins"

    heading.save()

    assert SearchEntry.objects.matching(search.stems_asked("penguin")).count() == 1


def test_topics_set_without_saving_the_listing_count():
    topic = CategoryFactory()
    service = PlacedServiceFactory()

    Service.categories.through.objects.bulk_create(
        [Service.categories.through(service=service, category=topic)]
    )
    search.reindex(service)

    (entry,) = entries_of(service)
    assert entry.topics == 1 << topic.bit


def test_rebuilding_everything_gives_the_same_index():
    PlacedServiceFactory(topics=[CategoryFactory()])
    ServiceFactory(online=True)
    PlacedServiceFactory(draft=True)
    fields = [field.name for field in SearchEntry._meta.fields if field.name != "id"]
    before = list(SearchEntry.objects.order_by("service", "location").values(*fields))
    seen = []

    made = search.rebuild_all(lambda done, total: seen.append((done, total)))

    assert list(SearchEntry.objects.order_by("service", "location").values(*fields)) == before
    assert made == 2
    assert seen == [(3, 3)]


def test_a_failed_save_leaves_listing_and_index_as_they_were(monkeypatch):
    service = PlacedServiceFactory(name="As it was")
    service.name = "Half done"

    def fail(pks):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(search, "_reindex", fail)
    with pytest.raises(RuntimeError):
        service.save()

    assert Service.objects.get(pk=service.pk).name == "As it was"
    assert [entry.name for entry in entries_of(service)] == ["As it was"]


# Secret addresses


def test_a_secret_address_is_measured_from_the_middle_of_its_district():
    OutcodeFactory(code="DT1", latitude=50.7, longitude=-2.4)
    refuge = LocationFactory(masked=True, name="Rose Cottage", latitude=50.71234, longitude=-2.41234)
    service = PlacedServiceFactory(at=refuge)

    (entry,) = entries_of(service)

    assert (entry.latitude, entry.longitude) == (50.7, -2.4)
    assert "Rose" not in str(entry.card)
    assert not SearchWord.objects.filter(word__prefix="rose").exists()


def test_without_a_known_district_a_secret_address_is_rounded():
    refuge = LocationFactory(masked=True, postal_code="ZZ1 1ZZ", latitude=50.71234, longitude=-2.41234)

    (entry,) = entries_of(PlacedServiceFactory(at=refuge))

    assert (entry.latitude, entry.longitude) == (50.7, -2.4)


# Bits


def test_a_topic_gets_a_bit_and_a_heading_none():
    topics = [CategoryFactory() for _ in range(3)]

    assert len({topic.bit for topic in topics}) == 3
    assert Category.objects.get(slug=topics[0].parent.slug).bit is None


def test_days_are_those_of_the_rules():
    rules = [ScheduleFactory.build(byday="TU"), ScheduleFactory.build(first_saturday=True)]

    assert search.day_bits(rules) == search.DAY_BITS["TU"] | search.DAY_BITS["SA"]


def test_access_needs_everything_asked():
    hall = LocationFactory(access=["step_free", "lift"])
    PlacedServiceFactory(at=hall, council=CouncilFactory())
    both = search.ACCESS_BITS["step_free"] | search.ACCESS_BITS["lift"]

    assert SearchEntry.objects.with_access(both).count() == 1
    assert SearchEntry.objects.with_access(both | search.ACCESS_BITS["bsl"]).count() == 0
