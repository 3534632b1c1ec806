"""The documents are true: settings, models, decisions and links are all there are."""

import re

import pytest
from django.apps import apps

from cms.settings.environment import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
STACK = {"hubs", "directory", "referrals", "cms"}
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md")), ROOT / "cms/demo/data/README.md"]


def first_column(text: str, heading: str) -> set[str]:
    """The names in the first column of every table under a heading, up to the next heading of its kind."""
    section = text.split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| ")]
    return {name for cell in cells for name in re.findall(r"[A-Za-z_]+", cell)} - {"Model", "Variable"}


def test_the_settings_table_names_every_environment_variable_and_no_other():
    source = (ROOT / "cms/settings/environment.py").read_text(encoding="utf-8")
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source))

    assert first_column(README, "## Settings") == read


@pytest.mark.parametrize("package", ["hubs: where", "directory: what", "referrals: who", "cms: the website"])
def test_the_data_dictionary_names_every_model_of_a_package(package):
    text = (ROOT / "docs/data-dictionary.md").read_text(encoding="utf-8")
    ours = {model.__name__ for model in apps.get_models() if model._meta.app_label == package.split(":")[0]}

    assert first_column(text, f"## {package}") == ours


def test_the_data_dictionary_says_what_is_sealed():
    text = (ROOT / "docs/data-dictionary.md").read_text(encoding="utf-8")
    for model in apps.get_models():
        sealed = any(field.name.endswith("_ct") for field in model._meta.fields)
        if model._meta.app_label == "referrals":
            line = next(line for line in text.splitlines() if re.match(rf"\| {model.__name__} \|", line))
            assert bool(line.split("|")[3].strip()) is sealed, model


def test_the_readme_lists_every_decision():
    listed = set(re.findall(r"docs/decisions/([\w.-]+)", README))

    assert listed == {path.name for path in (ROOT / "docs/decisions").glob("*.md")}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_within_the_tree_lead_somewhere(document):
    targets = re.findall(r"\]\((?!https?://)([^)#]+)", document.read_text(encoding="utf-8"))

    assert [target for target in targets if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`manage\.py (\w+)", README))))
def test_commands_that_the_readme_names_exist(command):
    assert list(ROOT.glob(f"*/management/commands/{command}.py"))
