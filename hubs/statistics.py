"""What the database's planner knows of the tables."""

from django.db import connection

ROWS_SAMPLED = 1000


def refresh() -> None:
    """Tell SQLite how large the tables are, which it needs to join the small one first. PostgreSQL sees by itself.

    Looks at `ROWS_SAMPLED` rows of each index at most, so that it is done in a moment however much there is.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {ROWS_SAMPLED}")
        cursor.execute("ANALYZE")
