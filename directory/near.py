"""Near-me search in SQL: the nearest entries in one query, and the arithmetic and lookups behind them.

Each expression writes its SQL in one piece. Built from Django's own parts the same query takes the ORM longer to
put together than the database to answer.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    F,
    FloatField,
    Func,
    Index,
    IntegerField,
    QuerySet,
    SmallIntegerField,
)
from django.db.models.lookups import Lookup

from hubs.geo import Point

from . import geometry

Sql = tuple[str, tuple[Any, ...]]


class SquareMetres(Func):
    """The square of the distance in metres between `point` and a row with a `latitude` and a `longitude`.

    Arithmetic that needs no function SQLite lacks: right to a metre at 30 miles. `geopy` gives what is shown.
    """

    output_field = FloatField()

    def __init__(self, point: Point) -> None:
        super().__init__(F("latitude"), F("longitude"))
        self.point = point

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Sql:  # type: ignore[override]
        latitude, longitude = (compiler.compile(each)[0] for each in self.source_expressions)
        return square_m(latitude, longitude, self.point)


def square_m(latitude: str, longitude: str, point: Point) -> Sql:
    """Return the SQL for `SquareMetres` of two columns."""
    scale = geometry.scale_at(point)
    north = f"(({latitude} - %s) * %s)"
    # A degree of longitude is measured halfway between the two latitudes.
    east = f"(({longitude} - %s) * (%s + ({latitude} - %s) * %s))"
    north_is = (point.latitude, scale.latitude_m)
    east_is = (point.longitude, scale.longitude_m, point.latitude, scale.change / 2)
    return f"({north} * {north} + {east} * {east})", (*north_is, *north_is, *east_is, *east_is)


class InSquare(Func):
    """Whether a row of the search index lies in the square round a circle, told by its cell first."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, point: Point, within_m: float) -> None:
        super().__init__(F("cell"), F("latitude"), F("longitude"))
        self.square = geometry.square_around(point, within_m)

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Sql:  # type: ignore[override]
        cell, latitude, longitude = (compiler.compile(each)[0] for each in self.source_expressions)
        square = self.square
        box = f"{latitude} BETWEEN %s AND %s AND {longitude} BETWEEN %s AND %s"
        sides = (square.south, square.north, square.west, square.east)
        cells = geometry.cells_of(square)
        if not cells:
            return f"({box})", sides
        return f"({cell} IN ({', '.join(['%s'] * len(cells))}) AND {box})", (*cells, *sides)


class Nearest(NamedTuple):
    """The nearest entries' keys, in order, and how many entries lie within each of some distances."""

    pks: list[int]
    totals: list[int]


def nearest(entries: QuerySet, point: Point, distances_m: Sequence[float], *, most: int) -> Nearest:
    """Return the nearest `most` of some search entries, and how many lie within each distance, the longest last.

    One query, which works a distance out once for each row. Said in one level it is worked out again to cut, to sort
    and to count, which takes more than twice as long where much is near.
    """
    around = entries.order_by().filter(InSquare(point, distances_m[-1]))
    try:
        inner, params = around.values_list("pk", SquareMetres(point)).query.sql_with_params()
    except EmptyResultSet:
        return Nearest([], [0 for _ in distances_m])
    squares = [distance_m**2 for distance_m in distances_m]
    counts = ", ".join("(SELECT COUNT(*) FROM nearby WHERE square_m <= %s)" for _ in squares)
    with connections[entries.db].cursor() as cursor:
        cursor.execute(
            f"WITH nearby (entry, square_m) AS MATERIALIZED ({inner}) SELECT entry, {counts} FROM nearby "  # noqa: S608
            "WHERE square_m <= %s ORDER BY square_m, entry LIMIT %s",
            (*params, *squares, squares[-1], most),
        )
        rows = cursor.fetchall()
    return Nearest([row[0] for row in rows], list(rows[0][1:]) if rows else [0 for _ in squares])


class CoveringIndex(Index):
    """An index that answers without the table: `include` lies beside the key, or in it where the engine has no such.

    Name the primary key too: PostgreSQL's indexes do not hold it, SQLite's do.
    """

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        if schema_editor.connection.features.supports_covering_indexes:
            return super().create_sql(model, schema_editor, using=using, **kwargs)
        beside = [name for name in self.include if name != model._meta.pk.name]
        plain = Index(fields=[*self.fields, *beside], name=self.name)
        return plain.create_sql(model, schema_editor, using=using, **kwargs)


class AnyBit(Lookup):
    """`topics__any_bit=6`: at least one bit of the mask is set."""

    lookup_name = "any_bit"

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        column, params = self.process_lhs(compiler, connection)
        return f"({column} & %s) <> 0", (*params, self.rhs)


class AllBits(Lookup):
    """`access__all_bits=6`: every bit of the mask is set."""

    lookup_name = "all_bits"

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        column, params = self.process_lhs(compiler, connection)
        return f"({column} & %s) = %s", (*params, self.rhs, self.rhs)


for _field in (SmallIntegerField, IntegerField, BigIntegerField):
    _field.register_lookup(AnyBit)
    _field.register_lookup(AllBits)


@CharField.register_lookup
class Prefix(Lookup):
    """`word__prefix="feed"`: begins with, by index on both engines.

    SQLite's LIKE ignores case and so cannot use an index; PostgreSQL's can, whatever the collation, where a range
    cannot. The value must be free of LIKE's wildcards, as stems are.
    """

    lookup_name = "prefix"

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} >= %s AND {column} < %s", (*params, self.rhs, *params, f"{self.rhs}\U0010ffff")

    def as_postgresql(self, compiler: Any, connection: Any) -> Sql:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} LIKE %s", (*params, f"{self.rhs}%")
