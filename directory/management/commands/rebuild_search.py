"""`manage.py rebuild_search`: make sessions and search index anew from the listings."""

from typing import Any

from django.core.management.base import BaseCommand

from directory import schedules, search


class Command(BaseCommand):
    help = "Rebuild every listing's sessions and search entries. Safe to run again, also while people search."

    def handle(self, *args: Any, **options: Any) -> None:
        sessions = schedules.rebuild_all(self._progress("Sessions"))
        entries = search.rebuild_all(self._progress("Search entries"))
        self.stdout.write(f"{sessions} sessions and {entries} search entries")

    def _progress(self, what: str) -> Any:
        def show(done: int, total: int) -> None:
            if done % 500 == 0 or done == total:
                self.stderr.write(f"{what}: {done} of {total} listings")

        return show
