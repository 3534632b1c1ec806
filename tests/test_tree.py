"""Promises about the files themselves: they name no machine and no registry, and the locks lock."""

import json
import os
import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("cms", "referrals", "directory", "hubs", "tests")
MADE = {"node_modules", "dist", "var", "__pycache__"}
"""Folders that hold nothing of ours. So do those that begin with a dot, but for `.ci`."""
LOCKS = {
    "requirements.txt": (),
    "requirements-test.txt": ("test",),
    "requirements-frontend.txt": ("frontend",),
}
NO_DEPENDENCIES_OF_THE_PROJECT = {"requirements-frontend.txt"}
VAGUE_NAMES = {"core", "utils", "util", "common", "helpers", "services"}

# In pieces, so that this file may be searched like every other.
MACHINE_PATHS = ["/" + "work/", "/" + "root/", "/" + "opt/", ".." + "/shared"]
REGISTRIES = ["registry." + host for host in ("npmjs", "yarnpkg", "npmmirror")]
REGISTRIES += ["pypi" + ".org", "python" + "hosted", "index" + "-url", "find" + "-links"]


def files():
    """Yield every file of the project: what git would keep, without asking git."""
    for folder, folders, names in os.walk(ROOT):
        here = Path(folder)
        folders[:] = [
            name
            for name in folders
            if name == ".ci"
            or not (name in MADE or name.startswith(".") or (here / name / "pyvenv.cfg").exists())
        ]
        yield from (here / name for name in names if name != ".env" and not name.endswith(".pyc"))


def lines_with(words, *, allowed=()):
    pattern = re.compile("|".join(re.escape(word) for word in words))
    found = []
    for path in files():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
            for number, line in enumerate(text.splitlines(), 1)
            if pattern.search(line) and not any(word in line for word in allowed)
        ]
    return found


def pins(lock):
    """Return `{name: (version, number of hashes)}` of a lock file."""
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())
    found = {}
    for entry in entries:
        match = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)", entry)
        assert match, f"{lock} has a line that pins nothing: {entry[:80]}"
        found[normal(match[1])] = (match[2], entry.count("--hash=sha256:"))
    return found


def extras_of(lock):
    """Return `{name: {extra, ...}}` of a lock file."""
    lines = (ROOT / lock).read_text().splitlines()
    found = [re.match(r"([A-Za-z0-9._-]+)\[([^\]]*)\]==", line) for line in lines]
    return {normal(match[1]): set(re.split(r",\s*", match[2])) for match in found if match}


def requirements_here(name):
    """Return what an installed package needs on this machine, extras of its own left out."""
    try:
        wanted = [Requirement(line) for line in metadata.requires(name) or []]
    except metadata.PackageNotFoundError:
        return []
    return [each for each in wanted if each.marker is None or each.marker.evaluate({"extra": ""})]


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_files_are_found():
    seen = {path.relative_to(ROOT).as_posix() for path in files()}

    assert {"Makefile", ".ci/run", "cms/settings/base.py", "tests/test_tree.py"} <= seen
    assert not {path for path in seen if "node_modules" in path or path.startswith(".git/")}


def test_no_file_names_a_machine_path():
    assert lines_with(MACHINE_PATHS, allowed=["#!/usr", "/opt/family-hubs"]) == []


def test_no_file_names_a_package_registry():
    assert lines_with(REGISTRIES, allowed=["--no-emit-" + "index" + "-url"]) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_python_locks_have_a_hash_for_everything_and_no_address(lock):
    assert "://" not in (ROOT / lock).read_text()
    assert pins(lock)
    assert [name for name, (_, hashes) in pins(lock).items() if not hashes] == []


@pytest.mark.parametrize(("lock", "groups"), LOCKS.items())
def test_python_locks_hold_what_the_project_asks_for(lock, groups):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [] if lock in NO_DEPENDENCIES_OF_THE_PROJECT else list(project["project"]["dependencies"])
    for group in groups:
        wanted += project["dependency-groups"][group]
    locked = pins(lock)

    wrong = [
        str(requirement)
        for requirement in map(Requirement, wanted)
        if not requirement.specifier.contains(locked.get(normal(requirement.name), ("", 0))[0] or "0")
        or normal(requirement.name) not in locked
    ]

    assert wrong == []


def test_the_test_lock_names_every_extra_that_one_of_its_packages_asks_of_another():
    """Older pips look for a package with an extra apart from the package, and take a newer one without a hash."""
    named = extras_of("requirements-test.txt")

    missing = {
        f"{name} asks for {wanted}"
        for name in pins("requirements-test.txt")
        for wanted in requirements_here(name)
        if not wanted.extras <= named.get(normal(wanted.name), set())
    }

    assert missing == set()


def test_the_test_lock_holds_the_very_versions_that_run():
    assert pins("requirements.txt").items() <= pins("requirements-test.txt").items()


def test_the_npm_lock_has_a_hash_for_everything_and_no_download_address():
    lock = json.loads((ROOT / "frontend/package-lock.json").read_text())
    packages = {name: facts for name, facts in lock["packages"].items() if name}

    assert packages
    assert [name for name, facts in packages.items() if "integrity" not in facts] == []
    assert [name for name, facts in packages.items() if "resolved" in facts] == []


def test_the_npm_lock_is_in_step_with_the_package_file():
    wanted = json.loads((ROOT / "frontend/package.json").read_text())["devDependencies"]
    packages = json.loads((ROOT / "frontend/package-lock.json").read_text())["packages"]

    assert packages[""]["devDependencies"] == wanted
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_no_module_has_a_name_that_says_nothing():
    named = {
        path.relative_to(ROOT).as_posix()
        for path in files()
        if path.suffix == ".py"
        and path.relative_to(ROOT).parts[0] in PACKAGES
        and {path.stem, *path.relative_to(ROOT).parts[:-1]} & VAGUE_NAMES
    }

    assert named == set()
