"""Run a command with DATABASE_URL naming an empty PostgreSQL database of its own, dropped afterwards.

`python .ci/with_postgres.py make test`. Looks for a server in this order: DATABASE_URL when it is set; one on
this machine that lets us in without a password; one of our own, from Debian's package, which is installed when we
are root and there is none.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

LOCAL = [
    f"postgresql://{user}@127.0.0.1:5432/postgres"
    for user in ("postgres", pwd.getpwuid(os.geteuid()).pw_name)
]
PROGRAMS = "/usr/lib/postgresql/*/bin"


class NoServer(RuntimeError):
    """There is no PostgreSQL to test on. `str(error)` says what was tried."""


def main(command: list[str]) -> int:
    try:
        with server() as address, database(address) as url:
            return subprocess.run(command, env=os.environ | {"DATABASE_URL": url}, check=False).returncode
    except NoServer as problem:
        print(problem, file=sys.stderr)
        return 1


@contextmanager
def server() -> Iterator[str]:
    """Yield the address of a database on a server where we may make others."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield given
        return
    for address in LOCAL:
        if may_create_databases(address):
            yield address
            return
    with own_server() as address:
        yield address


def may_create_databases(address: str) -> bool:
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            query = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            row = connection.execute(query).fetchone()
            return bool(row and row[0])
    except psycopg.OperationalError:
        return False


@contextmanager
def database(address: str) -> Iterator[str]:
    """Yield the address of a new database; drop it, and what tests made beside it, when done."""
    name = f"family_hubs_ci_{secrets.token_hex(4)}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlunsplit(urlsplit(address)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            ours = connection.execute(
                "SELECT datname FROM pg_database WHERE datname = %(name)s OR datname LIKE %(tests)s",
                {"name": name, "tests": f"test_{name}%"},
            )
            for (each,) in ours.fetchall():
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(each)))


@contextmanager
def own_server() -> Iterator[str]:
    """Run a server of our own on a free port, as the user `postgres` because it refuses to run as root."""
    if os.geteuid() != 0:
        tried = ", ".join(LOCAL)
        raise NoServer(
            f"No PostgreSQL: DATABASE_URL is not set, {tried} did not answer, and we are not root."
        )
    programs = find_programs()
    folder = Path(tempfile.mkdtemp(prefix="family-hubs-postgres-"))
    shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    control = [f"{programs}/pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log"]
    as_postgres([f"{programs}/initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "postgres", "-E", "UTF8",
                 "--locale=C.UTF-8"])  # fmt: skip
    as_postgres([*control, "-o", options, "start"])
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        as_postgres([*control, "-m", "immediate", "stop"])
        shutil.rmtree(folder)


def find_programs() -> Path:
    """Return the folder of `initdb`, installing Debian's package when there is none."""
    for _ in range(2):
        found = sorted(Path("/").glob(f"{PROGRAMS[1:]}/initdb"))
        if found:
            return found[-1].parent
        if shutil.which("apt-get") is None:
            break
        print("Installing PostgreSQL for the tests", flush=True)
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for step in (["update", "-q"], ["install", "-qy", "--no-install-recommends", "postgresql"]):
            subprocess.run(["apt-get", *step], env=quiet, stdin=subprocess.DEVNULL, check=False)
    raise NoServer(
        "No PostgreSQL: none answers on this machine, and Debian's package could not be installed."
    )


def as_postgres(command: list[str]) -> None:
    done = subprocess.run(
        command, user="postgres", group="postgres", extra_groups=[], cwd="/", stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise NoServer(f"PostgreSQL would not start: {done.stderr.strip()}")


if __name__ == "__main__":
    # A stopped run still drops its database.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main(sys.argv[1:]))
