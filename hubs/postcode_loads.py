"""Replaces the postcodes on file by those of a newer directory: read beside them, compared, swapped at one stroke."""

from collections.abc import Callable, Iterator

from django.db import IntegrityError

from . import postcode_tables
from .models import PostcodeRelease
from .postcode_changes import Changes, compare
from .postcode_files import EVERYTHING, DirectoryFile, NotADirectoryFile, Row, UnreadableFile, Wanted
from .postcode_tables import STAGE, Busy, OnStep, Tables, run

__all__ = ["Busy", "Changes", "Doubtful", "UnreadableFile", "replace"]


class Doubtful(RuntimeError):
    """The file can be read, and is so unlike what is on file that something may be wrong with it."""


def replace(
    directory: DirectoryFile,
    wanted: Wanted = EVERYTHING,
    *,
    dry_run: bool = False,
    doubts_settled: bool = False,
    on_step: OnStep = lambda what, rows: None,
    on_compared: Callable[[Changes], None] = lambda changes: None,
) -> Changes:
    """Put the directory's postcodes in place of those on file for the same postcode areas; other areas stay.

    Rows are read into a table beside the live one, which takes its place in one short transaction. So readers see the
    old directory until they see the new one, and a load that fails or is killed changes nothing.

    Raises:
        UnreadableFile: the file cannot be read to its end, holds a postcode twice or none that is wanted.
        Doubtful: it lost or moved too many postcodes to be true, and `doubts_settled` does not say otherwise.
        Busy: another load is running, or the live table cannot be had for a moment.
    """
    tables = postcode_tables.for_this_database()
    with tables.alone():
        _tidy(tables)
        try:
            tables.make_stage(temporary=dry_run)
            release = None if dry_run else _begin(directory)
            _fill(tables, directory.rows(wanted), release, on_step)
            changes = compare()
            if not changes.rows:
                raise NotADirectoryFile(f"{directory.path.name} holds no postcodes to load")
            on_compared(changes)
            if release:
                if changes.doubts and not doubts_settled:
                    raise Doubtful("; ".join(changes.doubts))
                tables.keep(changes.kept_areas, on_step)
                _put_in_place(tables, release, changes, on_step)
        finally:
            if not tables.TIDIES_ITSELF:
                _tidy(tables)
    return changes


def _tidy(tables: Tables) -> None:
    """Remove what this load, or one that was killed, left beside the live table."""
    tables.clear()
    PostcodeRelease.objects.filter(rows=0).delete()


def _begin(directory: DirectoryFile) -> PostcodeRelease:
    return PostcodeRelease.objects.create(source=directory.source, release=directory.release)


def _fill(tables: Tables, rows: Iterator[Row], release: PostcodeRelease | None, on_step: OnStep) -> None:
    try:
        tables.fill(rows, release.pk if release else 0, on_step)
    except IntegrityError:
        raise NotADirectoryFile("The file holds a postcode twice") from None


def _put_in_place(tables: Tables, release: PostcodeRelease, changes: Changes, on_step: OnStep) -> None:
    in_use = [pk for (pk,) in run(f"SELECT DISTINCT release_id FROM {STAGE}")]  # noqa: S608
    marks = ", ".join(["%s"] * len(in_use))

    def settle() -> None:
        release.rows, release.areas = changes.rows, ", ".join(changes.areas)
        release.save()
        # A release of which nothing is left on file needs no attribution.
        run(f"DELETE FROM {PostcodeRelease._meta.db_table} WHERE id NOT IN ({marks})", in_use)  # noqa: S608

    tables.swap(settle, on_step)
