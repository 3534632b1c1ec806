"""Loading beside the live table: who else can work meanwhile, and what is left when it goes wrong."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.migrations import AddField, AlterField
from django.db.migrations.state import ProjectState

from hubs import postcode_files, postcode_loads, postcode_tables
from hubs.models import Outcode, Postcode, PostcodeRelease
from hubs.postcode_files import DirectoryFile, NotADirectoryFile
from hubs.postcode_loads import Busy
from tests import databases
from tests.hubs.postcode_samples import NSPL_2021, ons

OLD = {f"DT1 1X{letter}": {} for letter in "ABDEF"} | {f"BH1 1A{letter}": {} for letter in "ABD"}
NEW = {f"DT2 2X{letter}": {} for letter in "ABDEFGH"}
OLD_CODES = {code.replace(" ", "") for code in OLD}
NEW_CODES = {code.replace(" ", "") for code in NEW} | {"BH11AA", "BH11AB", "BH11AD"}

# As a process of its own that says what it does and waits to be told to go on, two rows at a time.
STEP_BY_STEP = """
import sys
from pathlib import Path
import django
django.setup()
from hubs import postcode_files, postcode_loads, postcode_tables

def wait(what, rows):
    print(what, rows, flush=True)
    sys.stdin.readline()

postcode_tables.BATCH = 2
postcode_loads.replace(postcode_files.read(Path(sys.argv[1])), on_step=wait)
print("done", flush=True)
"""


@pytest.fixture
def old(tmp_path):
    """A directory of November 2021, loaded, and the path of one of February 2026 that is not."""
    newer = tmp_path / "NSPL_FEB_2026_UK_DT.csv"
    newer.write_bytes(ons(NSPL_2021, NEW))
    older = tmp_path / "NSPL_NOV_2021_UK.csv"
    older.write_bytes(ons(NSPL_2021, OLD))
    postcode_loads.replace(postcode_files.read(older))
    return newer


@pytest.fixture
def elsewhere():
    """Somebody else's connection: a function that runs another there, and fails at once if it has to wait."""

    def impatiently(call):
        with connection.cursor() as cursor:
            impatient = "PRAGMA busy_timeout=0" if connection.vendor == "sqlite" else "SET lock_timeout=1"
            cursor.execute(impatient)
        return call()

    with ThreadPoolExecutor(1) as other:
        yield lambda call: other.submit(impatiently, call).result()
        other.submit(lambda: connection.close()).result()


def codes():
    return set(Postcode.objects.values_list("pk", flat=True))


def write():
    """Write a row, as a family does that sends a request."""
    number = Outcode.objects.count()
    Outcode.objects.create(code=f"Z{number}", latitude=50, longitude=0)


def tables():
    return {name for name in connection.introspection.table_names() if name.startswith("hubs_postcode")}


# Meanwhile


@pytest.mark.django_db(transaction=True)
def test_families_go_on_writing_and_reading_while_a_directory_is_loaded(old, elsewhere, monkeypatch):
    monkeypatch.setattr(postcode_tables, "BATCH", 2)
    steps, seen = [], []

    def step(what, rows):
        steps.append(what)
        elsewhere(write)
        seen.append(elsewhere(codes))

    postcode_loads.replace(postcode_files.read(old), on_step=step)

    assert Outcode.objects.count() == len(steps)
    assert steps.count("read") == 4
    assert "kept" in steps
    assert all(codes in (OLD_CODES, NEW_CODES) for codes in seen)
    assert seen[0] == OLD_CODES
    assert codes() == NEW_CODES


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_the_file_to_be_read(old, elsewhere):
    @dataclass(frozen=True)
    class SlowDisk(DirectoryFile):
        def rows(self, wanted=postcode_files.EVERYTHING):
            for row in super().rows(wanted):
                elsewhere(write)
                yield row

    read = postcode_files.read(old)

    postcode_loads.replace(SlowDisk(read.path, read.source, read.release, read.members))

    assert Outcode.objects.count() == len(NEW)
    assert codes() == NEW_CODES


@pytest.mark.django_db(transaction=True)
def test_nothing_is_written_or_removed_but_in_short_batches(old, monkeypatch):
    """On SQLite each holds everybody else up. On PostgreSQL nobody minds, so there it is all in one."""
    monkeypatch.setattr(postcode_tables, "BATCH", 2)
    open_transaction, largest = [0], [0]

    def watch(execute, sql, params, many, context):
        if sql.startswith("BEGIN") or connection.get_autocommit():
            open_transaction[0] = 0
        done = execute(sql, params, many, context)
        if sql.startswith(("INSERT", "DELETE")) and context["cursor"].rowcount > 0:
            open_transaction[0] += context["cursor"].rowcount
            largest[0] = max(largest[0], open_transaction[0])
        return done

    with connection.execute_wrapper(watch):
        postcode_loads.replace(postcode_files.read(old))

    assert largest[0] == 2 if connection.vendor == "sqlite" else largest[0] > 2


@pytest.mark.django_db(transaction=True)
def test_somebody_who_reads_for_long_is_waited_for_but_not_for_ever(old, elsewhere, monkeypatch):
    """As a backup does. SQLite's readers keep what they began with, so it need not wait at all."""
    monkeypatch.setattr(postcode_tables.PostgresTables, "ATTEMPTS", 2)
    monkeypatch.setattr(postcode_tables.PostgresTables, "PAUSE_S", 0)
    monkeypatch.setattr(postcode_tables.PostgresTables, "LOCK_TIMEOUT_MS", 20)
    reading = transaction.atomic()

    elsewhere(lambda: (reading.__enter__(), codes()))
    if connection.vendor == "sqlite":
        # Django begins every transaction on SQLite as a writer's, so read as a backup reads: without one.
        elsewhere(lambda: reading.__exit__(None, None, None))
        postcode_loads.replace(postcode_files.read(old))
    else:
        with pytest.raises(Busy, match="has been reading the postcodes"):
            postcode_loads.replace(postcode_files.read(old))
        assert codes() == OLD_CODES
        elsewhere(lambda: reading.__exit__(None, None, None))
        postcode_loads.replace(postcode_files.read(old))

    assert codes() == NEW_CODES


# When it goes wrong


@pytest.fixture
def another_process(old):
    """Return a function that begins the load in a process of its own, which waits at every step."""
    environment = {
        **os.environ,
        "DATABASE_URL": databases.address(),
        "DJANGO_SETTINGS_MODULE": "cms.settings.test",
    }
    started = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-c", STEP_BY_STEP, str(old)],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def go_on(process, *, until):
    """Let it take one step after another, and return the first line that begins so."""
    for line in process.stdout:
        if line.startswith(until):
            return line
        process.stdin.write("\n")
        process.stdin.flush()
    raise AssertionError(f"it ended before {until}")


def load_once_the_server_noticed(path):
    """A server takes a moment to see that somebody was killed, and keeps the next load out until then."""
    for _ in range(600):
        try:
            return postcode_loads.replace(postcode_files.read(path))
        except Busy:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.05)")
    raise AssertionError("the other load goes on")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["read 4", "kept"])
def test_a_load_killed_in_the_middle_changes_nothing_and_the_next_one_clears_up(step, old, another_process):
    process = another_process()
    go_on(process, until=step)

    assert codes() == OLD_CODES
    with pytest.raises(Busy, match="Another load of postcodes is running"):
        postcode_loads.replace(postcode_files.read(old))
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    assert codes() == OLD_CODES
    load_once_the_server_noticed(old)
    assert codes() == NEW_CODES
    assert tables() == {"hubs_postcode", "hubs_postcoderelease"}
    of = {row.code[:2]: str(row.release) for row in Postcode.objects.select_related("release")}
    assert of == {
        "DT": "National Statistics Postcode Lookup, February 2026",
        "BH": "National Statistics Postcode Lookup, November 2021",
    }
    assert PostcodeRelease.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_load_killed_after_the_swap_is_done(old, another_process):
    """PostgreSQL leaves nothing to tidy up, so there it is simply over."""
    process = another_process()
    go_on(process, until="swapped" if connection.vendor == "sqlite" else "done")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    assert codes() == NEW_CODES
    load_once_the_server_noticed(old)
    assert codes() == NEW_CODES
    assert tables() == {"hubs_postcode", "hubs_postcoderelease"}


@pytest.mark.django_db(transaction=True)
def test_a_file_that_breaks_off_changes_nothing_and_leaves_nothing(old):
    old.write_bytes(ons(NSPL_2021, NEW)[:-30])

    with pytest.raises(NotADirectoryFile):
        postcode_loads.replace(postcode_files.read(old))

    assert codes() == OLD_CODES
    assert tables() == {"hubs_postcode", "hubs_postcoderelease"}
    assert PostcodeRelease.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_swap_that_fails_half_way_is_undone(old):
    """The last statement of the swap, whichever that is on this database."""
    swapping = []

    def fail_at_the_last(execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        if sql.startswith("ALTER"):
            swapping.append(sql)
            if len(swapping) == 2:
                raise RuntimeError("the power failed")
        return done

    with connection.execute_wrapper(fail_at_the_last), pytest.raises(RuntimeError):
        postcode_loads.replace(postcode_files.read(old))

    assert codes() == OLD_CODES
    assert tables() == {"hubs_postcode", "hubs_postcoderelease"}
    assert PostcodeRelease.objects.get().release == "November 2021"
    postcode_loads.replace(postcode_files.read(old))
    assert codes() == NEW_CODES


# In step with the models


def definition():
    """Return what the database knows of the table's columns and keys, without names that it made up itself."""
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, "hubs_postcode")
        constraints = connection.introspection.get_constraints(cursor, "hubs_postcode").values()
    keys = sorted(
        (each["columns"], each["primary_key"], each["unique"], each["index"]) for each in constraints
    )
    return [tuple(column[:7]) for column in columns], keys


@pytest.mark.django_db(transaction=True)
def test_the_new_table_is_what_the_migrations_made(old):
    made = definition()

    postcode_loads.replace(postcode_files.read(old))
    postcode_loads.replace(postcode_files.read(old))

    assert definition() == made
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'hubs_postcode'")
            assert cursor.fetchall() == [("hubs_postcode_pkey",)]


@pytest.mark.django_db(transaction=True)
def test_later_migrations_work_on_the_new_table_and_later_loads_on_theirs(old):
    postcode_loads.replace(postcode_files.read(old))
    state = ProjectState.from_apps(apps)
    for operation in (
        AddField("postcode", "later", models.CharField(max_length=3, null=True)),
        AlterField("postcode", "ward", models.CharField(max_length=20, blank=True)),
    ):
        changed = state.clone()
        operation.state_forwards("hubs", changed)
        with connection.schema_editor() as editor:
            operation.database_forwards("hubs", editor, state, changed)
        state = changed
    postcode_loads.replace(postcode_files.read(old))

    columns, _ = definition()
    assert "later" in [column[0] for column in columns]
    assert codes() == NEW_CODES


@pytest.mark.django_db
def test_no_change_of_the_models_is_without_its_migration():
    call_command("makemigrations", "hubs", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_nothing_refers_to_a_row_that_a_load_takes_away():
    assert [each.related_model for each in Postcode._meta.related_objects] == []
    assert not Postcode._meta.indexes
    assert not Postcode._meta.constraints
