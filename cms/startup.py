"""What `manage.py start` does before it serves: keys, tables, static files and, once, the demonstration.

Each step looks first and does nothing when there is nothing to do.
"""

import hashlib
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from cms.settings.environment import VAR, env
from cms.supervisor import Child
from hubs.models import Council, Demonstration
from referrals import sealed

Say = Callable[[str], None]


class CannotStart(Exception):
    """Something outside this program is in the way. `str(error)` says what to do about it."""


def use_address(port: int) -> None:
    """Make links in messages lead to where this is served, unless BASE_URL says otherwise."""
    if not env.str("BASE_URL", default=""):
        settings.WAGTAILADMIN_BASE_URL = f"http://localhost:{port}"


def check_port(host: str, port: int) -> None:
    """Raise `CannotStart` when nobody could listen at this address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise CannotStart(
                f"Port {port} is for administrators. Choose another: make run PORT=8001"
            ) from None
        except OSError as problem:
            free = 8001 if port == 8000 else 8000
            raise CannotStart(
                f"Cannot listen on {host} port {port} ({problem.strerror}). "
                f"Choose another: make run PORT={free}"
            ) from None


def prepare(say: Say) -> None:
    """Bring the keys, the tables, the static files and the first content up to date."""
    if sealed.write_keys(Path(settings.DATA_KEYS_FILE)):
        say("Made the keys that seal personal data")
    with _static_files_meanwhile(say):
        if needs_migrating():
            say("Making the database tables (about half a minute the first time)")
            call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
    if not Council.objects.exists():
        say("Loading the demonstration: councils, hubs, activities and requests, all invented")
        with _without_chatter():
            call_command("demo", verbosity=0)


@contextmanager
def _without_chatter() -> Iterator[None]:
    """Keep Wagtail from telling of every page it makes."""
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def needs_migrating() -> bool:
    """Say whether a migration in the code has not been applied to the database."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def _static_files_meanwhile(say: Say) -> Iterator[None]:
    """Collect static files in a process beside this one: there is a second core, and tables take as long."""
    stamp = VAR / "stamps" / "static"
    wanted = static_fingerprint()
    if stamp.exists() and stamp.read_text() == wanted and Path(settings.STATIC_ROOT).exists():
        yield
        return
    say("Collecting the static files")
    disconnect()
    collector = Child("collecting of static files", _collect)
    collector.start()
    try:
        yield
    except BaseException:
        collector.kill_group()
        raise
    if collector.wait() != 0:
        raise CannotStart("The static files could not be collected (see above)")
    _read_manifest_again()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)


def _collect() -> None:
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)


def _read_manifest_again() -> None:
    """Learn the names that the collector gave: this process may have read the list before it was written."""
    if isinstance(staticfiles_storage, ManifestFilesMixin):
        staticfiles_storage.hashed_files, staticfiles_storage.manifest_hash = (
            staticfiles_storage.load_manifest()
        )


def disconnect() -> None:
    """Close every database connection, so that none is shared with a child process."""
    connections.close_all()
    for each in connections.all():
        # Only PostgreSQL's has a pool.
        if close_pool := getattr(each, "close_pool", None):
            close_pool()


def static_fingerprint() -> str:
    """Return a hash that changes when a static file does: every name, size and time of change."""
    digest = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in finders.get_finders():
        for name, storage in finder.list([".*"]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def greeting(host: str, port: int) -> str:
    """Return what to tell a newcomer: the address and, in a demonstration, who signs in and what to try."""
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", ""} else host  # noqa: S104
    lines = ["", f"Ready at http://{shown}:{port}/"]
    if Demonstration.here():
        lines += ["", *_people(), "", *_things_to_try(f"http://{shown}:{port}")]
    return "\n".join([*lines, "", "Ctrl-C stops it."])


def _people() -> list[str]:
    from cms.demo import people

    width = max(len(person["email"]) for person in people.PEOPLE)
    return [
        f"This is a demonstration: everybody in it is invented. Who can sign in, all with {people.PASSWORD}",
        *(f"  {person['email']:{width}}  {person['name']}, {person['role']}" for person in people.PEOPLE),
        f"Sign-in asks for a six-digit code too: .venv/bin/python manage.py demo --code {people.PEOPLE[0]['code']}",
    ]


def _things_to_try(site: str) -> list[str]:
    return [
        "Three things to try:",
        f"  1. As a parent, find something to do: {site}/find/",
        f"  2. As a parent, ask for help: {site}/help/",
        f"  3. Sign in as a worker above and open what was sent: {site}/desk/",
    ]
