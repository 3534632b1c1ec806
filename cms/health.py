"""Alive, and ready to serve."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse

from referrals.sealed import KeysError, keyring


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that the process is alive. Touches nothing."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Answer that the database is there, migrated, and the keys can be read; 503 and why when not."""
    problems = []
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            problems.append("migrations are waiting")
    except Exception:
        problems.append("the database does not answer")
    try:
        keyring()
    except KeysError:
        problems.append("the data keys cannot be read")
    text = "".join(f"{problem}\n" for problem in problems) or "ready\n"
    return HttpResponse(text, status=503 if problems else 200, content_type="text/plain")
