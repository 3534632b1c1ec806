"""`python -m tests.bench [search ...]`: run every `bench_*.py` here, or those named, and print what they measure.

Each module has `def run() -> list[Row]`. Data go to a scratch SQLite database, or to a new database on the server
that DATABASE_URL names; both are thrown away afterwards. `SERVICES=1000` makes it smaller.
"""

import importlib
import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def main(names: list[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="family-hubs-bench-") as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
        import django

        django.setup()
        from tests.bench import measuring

        with measuring.scratch_database():
            chosen = names or sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
            for name in chosen:
                module = importlib.import_module(f"tests.bench.bench_{name}")
                sys.stderr.write(f"\n{name}: {(module.__doc__ or '').strip().splitlines()[0]}\n")
                measuring.show(module.run())


main(sys.argv[1:])
