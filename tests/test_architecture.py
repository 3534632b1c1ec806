"""The packages stack: cms > referrals > directory > hubs. An import or a relation may only point down."""

import ast
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
STACK = ["hubs", "directory", "referrals", "cms"]  # lowest first
OURS = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in STACK]
EMPTY_WORDS = {"utils", "core", "common", "helpers", "services", "misc"}


def modules_of(package: str) -> list[Path]:
    """The package's own modules; migrations repeat what the models say."""
    return [path for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts]


def imported_packages(module: Path) -> set[str]:
    """Top-level names a module imports, wherever in the file the import stands."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").split(".")[0])
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            found |= {str(arg.value).split(".")[0] for arg in node.args if isinstance(arg, ast.Constant)}
    return found


def imports_from(module: Path) -> set[str]:
    """Dotted names a module imports, relative ones made absolute."""
    package = list(module.relative_to(ROOT).parts[:-1])
    found = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            name = ".".join([*base, *([node.module] if node.module else [])])
            found |= {name} | {f"{name}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("package", STACK)
def test_imports_point_down(package):
    above = set(STACK[STACK.index(package) + 1 :])

    upward = {
        f"{module.relative_to(ROOT)} imports {name}"
        for module in modules_of(package)
        for name in imported_packages(module) & above
    }

    assert modules_of(package)
    assert not upward


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_relations_point_down(model):
    """A relation is an import the parser cannot see: `ForeignKey("cms.ArticlePage")` is a string."""
    height = STACK.index(model._meta.app_label)

    fields = [field for field in model._meta.get_fields() if field.is_relation and field.concrete]
    targets = {field.related_model._meta for field in fields if field.related_model}

    assert not {target.label for target in targets if target.app_label in STACK[height + 1 :]}


@pytest.mark.parametrize("package", STACK)
def test_strings_do_not_reach_up(package):
    """A signal's sender or a lazy model named as "cms.HomePage" is an import too."""
    above = STACK[STACK.index(package) + 1 :]
    labels = {model._meta.label for model in OURS if model._meta.app_label in above}

    upward = {
        f"{module.relative_to(ROOT)} names {node.value}"
        for module in modules_of(package)
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in labels
    }

    assert not upward


@pytest.mark.parametrize(("one", "other"), [("journey", "desk"), ("desk", "journey")])
def test_the_journey_and_the_desk_do_not_know_each_other(one, other):
    crossing = {
        f"{module.relative_to(ROOT)} imports {name}"
        for module in modules_of(f"referrals/{one}")
        for name in imports_from(module)
        if name.startswith(f"referrals.{other}")
    }

    assert not crossing


def test_no_name_says_nothing():
    vague = {
        str(path.relative_to(ROOT))
        for package in [*STACK, "tests"]
        for path in (ROOT / package).rglob("*")
        if path.stem in EMPTY_WORDS
    }

    assert not vague


def test_the_parser_would_see_an_upward_import(tmp_path):
    """The tests above are only worth something if an upward import is found wherever it hides."""
    module = tmp_path / "module.py"
    module.write_text("def later():\n    from cms.models import HomePage\n    import referrals.models\n")

    assert imported_packages(module) == {"cms", "referrals"}
