"""A migrated database for every test process, copied from a template.

Migrating an empty database takes ten to twenty seconds, copying a migrated one a fraction of a second. So the
migrations run once for each state of their files, into a template; every test process gets a copy; and
a test that really commits is followed by a fresh copy, so that the rows which migrations make (the root page,
the locale, the root collection) are there for the next test too. What many tests begin with, such as the
demonstration, is made once for each process, kept, and copied likewise.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from cms.settings.environment import ROOT, VAR

STALE_AFTER_S = 7 * 24 * 60 * 60


def fingerprint() -> str:
    """Return a short hash of all that decides what a migrated database holds."""
    digest = hashlib.sha256(repr((settings.INSTALLED_APPS, settings.AUTH_USER_MODEL)).encode())
    for path in [
        ROOT / "requirements.txt",
        *sorted(ROOT.glob("*/migrations/*.py")),
        *sorted(ROOT.glob("*/apps.py")),
    ]:
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def copies():
    """Return the way this engine makes copies."""
    return FileCopies() if connection.vendor == "sqlite" else ServerCopies()


def address() -> str:
    """Return the database in use as a DATABASE_URL, for another process."""
    used = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{used['NAME']}"
    user = f"{used['USER']}:{used['PASSWORD']}" if used["PASSWORD"] else used["USER"]
    return f"postgresql://{user}@{used['HOST']}:{used['PORT']}/{used['NAME']}"


def drop_template() -> None:
    """Leave nothing behind on a database server."""
    if connection.vendor == "postgresql":
        ServerCopies().drop_template()


def _migrate(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    call_command("createcachetable", verbosity=0)
    connection.close()


class Copies:
    """What both engines do: a test begins with the template, or with what another one began with and kept."""

    def __init__(self) -> None:
        self.kept: set[str] = set()

    def begin_with(self, name: str, make: Callable[[], None]) -> None:
        """Fill the fresh copy with what `make` makes, the first time by making it, later from what was kept."""
        if name in self.kept:
            self.restore(name)
        else:
            make()
            self.keep(name)
            self.kept.add(name)


class FileCopies(Copies):
    """SQLite: the template is a file in `var/tests/`, kept until the migrations change."""

    def __init__(self) -> None:
        super().__init__()
        self.template = VAR / "tests" / f"{fingerprint()}.sqlite3"
        self.folder = Path(tempfile.mkdtemp(prefix="family-hubs-database-"))
        self.name = str(self.folder / "test.sqlite3")

    def create(self) -> None:
        with self._locked():
            if not self.template.exists():
                self._make_template()
        connection.close()
        connection.settings_dict["NAME"] = self.name
        self.restore()

    def restore(self, kept: str = "") -> None:
        """Make the copy equal to the template, or to what was kept under a name."""
        self._copy(self._file_of(kept) if kept else self.template, Path(self.name))

    def keep(self, name: str) -> None:
        self._copy(Path(self.name), self._file_of(name))

    def _file_of(self, kept: str) -> Path:
        return self.folder / f"kept-{kept}.sqlite3"

    def _copy(self, source: Path, target: Path) -> None:
        """Copy through SQLite's locks: a server thread may use either."""
        connection.close()
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=20)) as read,
            closing(sqlite3.connect(target, timeout=20)) as written,
        ):
            written.execute("PRAGMA synchronous=OFF")
            read.backup(written)

    def drop(self) -> None:
        connection.close()
        shutil.rmtree(self.folder)

    def _make_template(self) -> None:
        unfinished = f"{self.template}.{os.getpid()}"
        _migrate(unfinished)
        with closing(sqlite3.connect(unfinished)) as made:
            # A template without a write-ahead log is one file, and can be read by many at once.
            made.execute("PRAGMA journal_mode=DELETE")
        with Path(unfinished).open("rb") as file:
            os.fsync(file)
        Path(unfinished).replace(self.template)

    @contextmanager
    def _locked(self):
        self.template.parent.mkdir(parents=True, exist_ok=True)
        with (self.template.parent / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for old in self.template.parent.glob("*.sqlite3*"):
                if old != self.template and time.time() - old.stat().st_mtime > STALE_AFTER_S:
                    old.unlink()
            yield


class ServerCopies(Copies):
    """PostgreSQL: the template is a database, dropped as the run ends unless `--reuse-db` keeps it."""

    def __init__(self) -> None:
        super().__init__()
        self.base = connection.settings_dict["NAME"]
        self.template = f"test_{self.base}_{fingerprint()}"
        self.name = f"test_{self.base}_{os.getpid()}"

    def create(self) -> None:
        self.restore()

    def restore(self, kept: str = "") -> None:
        """Replace the copy by a new one of the template, or of what was kept under a name."""
        self._close()
        connection.settings_dict["NAME"] = self.name
        with self._server() as cursor:
            self._make_template_if_missing(cursor)
            self._copy(cursor, self._name_of(kept) if kept else self.template, self.name)

    def keep(self, name: str) -> None:
        self._close()
        with self._server() as cursor:
            # PostgreSQL copies only what nobody is connected to; a server thread may still be.
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [self.name]
            )
            self._copy(cursor, self.name, self._name_of(name))

    def drop(self) -> None:
        self._close()
        connection.settings_dict["NAME"] = self.base
        with self._server() as cursor:
            for name in [self.name, *map(self._name_of, self.kept)]:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _name_of(self, kept: str) -> str:
        return f"{self.name}_{kept}"

    def _copy(self, cursor, source: str, target: str) -> None:
        cursor.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')

    def drop_template(self) -> None:
        """Remove the template. A run that still uses it makes it again."""
        self._close()
        with self._server() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{self.template}"')

    def _make_template_if_missing(self, cursor) -> None:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.template])
        if cursor.fetchone():
            return
        unfinished = f"{self.template}_new"
        cursor.execute(f'DROP DATABASE IF EXISTS "{unfinished}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{unfinished}"')
        _migrate(unfinished)
        self._close()
        connection.settings_dict["NAME"] = self.name
        cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{self.template}"')

    def _close(self) -> None:
        connection.close()
        connection.close_pool()

    @contextmanager
    def _server(self):
        """Yield a cursor outside any test database, one test process at a time."""
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [self.template])
            yield cursor
