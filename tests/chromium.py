"""Find the Chromium that the browser tests drive, installing Debian's where there is none and we may.

`python -m tests.chromium` prints its path, or says exactly what is missing and fails.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "The browser tests need Chromium, and none was found: CHROMIUM is not set, and none of "
    f"{', '.join(NAMES)} is on the PATH."
)
ASK = "Install it with `sudo apt-get install chromium`, or set CHROMIUM to the path of one."


class NoChromium(RuntimeError):
    """There is no browser to test with. `str(error)` says what is missing and what to do."""


def find() -> str:
    """Return the path of the browser.

    Raises:
        NoChromium: there is none, or CHROMIUM names something that cannot be run.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        path = shutil.which(named)
        if path is None:
            raise NoChromium(f"CHROMIUM is set to {named}, which cannot be run.")
        return path
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    raise NoChromium(f"{MISSING} {ASK}")


def install() -> None:
    """Install Debian's package.

    Raises:
        NoChromium: this is not Debian, we are not an administrator, or apt-get failed.
    """
    if shutil.which("apt-get") is None:
        raise NoChromium(f"{MISSING} apt-get is not here either. {ASK}")
    administrator = _administrator()
    print("Installing Chromium for the browser tests", file=sys.stderr)  # noqa: T201
    for step in (["update", "-q"], ["install", "-qy", "--no-install-recommends", "chromium"]):
        command = [*administrator, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *step]
        # apt's own talk goes to stderr: stdout carries the path.
        if subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr).returncode:
            raise NoChromium(f"{MISSING} `apt-get {' '.join(step)}` failed (see above). {ASK}")


def _administrator() -> list[str]:
    """Return what to put before a command so that it runs as root."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n"]
    raise NoChromium(f"{MISSING} It cannot be installed without root or sudo. {ASK}")


def find_or_install() -> str:
    """Return the path of a browser, after installing one if that is what it takes.

    Raises:
        NoChromium: there is none and none could be installed.
    """
    try:
        return find()
    except NoChromium:
        if os.environ.get("CHROMIUM"):
            raise
    install()
    return find()


if __name__ == "__main__":
    try:
        print(find_or_install())  # noqa: T201
    except NoChromium as problem:
        sys.exit(str(problem))
