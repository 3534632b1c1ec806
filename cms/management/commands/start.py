"""`manage.py start`: make ready what is not, say where to look, serve. `make run` ends here."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import get_resolver
from gunicorn.app.base import BaseApplication

from cms import startup, supervisor
from cms.supervisor import Child

WEB_PROCESSES = 2
THREADS_EACH = 4
"""Two cores can use two processes; threads keep a slow phone from holding up the next one."""
FINISH_WITHIN_S = 4


class Command(BaseCommand):
    help = "Make everything ready and serve the website, with the worker beside it. Ctrl-C stops all of it."
    # `make lint` and `.ci/run` run the checks; here they would only delay every start.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Where to listen (127.0.0.1).")
        parser.add_argument("--port", type=int, default=8000, help="Which port (8000).")

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        try:
            startup.check_port(host, port)
            startup.use_address(port)
            startup.prepare(self._say)
            application = _load()
            self._say(startup.greeting(host, port))
        except startup.CannotStart as problem:
            raise CommandError(str(problem)) from problem
        except KeyboardInterrupt:
            raise CommandError("Stopped before everything was ready. Run it again to carry on") from None
        startup.disconnect()
        web = Child("website", Website(application, host=host, port=port).run, essential=True)
        code = supervisor.run([web, Child("worker", _work)])
        self._say("Stopped.")
        if code:
            raise SystemExit(code)

    def _say(self, message: str) -> None:
        self.stdout.write(message)
        self.stdout.flush()


def _load() -> Any:
    """Return the application with its URLs imported, so that every process shares one copy in memory."""
    from cms.wsgi import application

    get_resolver().url_patterns  # noqa: B018
    return application


def _work() -> None:
    from referrals import worker

    worker.run()


class Website(BaseApplication):
    """gunicorn, given an application that is loaded already."""

    def __init__(self, application: Any, *, host: str, port: int) -> None:
        self._application = application
        self._address = f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": self._address,
            "preload_app": True,
            "workers": WEB_PROCESSES,
            "worker_class": "gthread",
            "threads": THREADS_EACH,
            "graceful_timeout": FINISH_WITHIN_S,
            "loglevel": "warning",
            # No access log: addresses carry postcodes.
            "accesslog": None,
            # Unlimited, so that our own page answers even a very long search. We listen to this computer alone unless
            # told otherwise; in production the web server in front bounds the line.
            "limit_request_line": 0,
            "control_socket_disable": True,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self._application
