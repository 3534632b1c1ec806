"""The census of personal data: every column is classified, and what is personal is sealed.

`tests/data/personal_data.csv` says of each field what it holds. A new field fails the build until it is there.

- sealed: personal, encrypted under the data keys; drafts under the parent's own secret
- index: equal for equal values and nothing else (a blind index, or the hash of a secret)
- coarse: about a family and in clear on purpose, because queues are worked by it
- staff: about somebody who works here
- public: shown to everybody once published
- plumbing: keys, times, states and settings that say nothing about a person
"""

import csv
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from referrals.sealed import Sealed

STACK = {"hubs", "directory", "referrals", "cms"}
CLASSES = {"sealed", "index", "coarse", "staff", "public", "plumbing"}
CENSUS = Path(__file__).parent / "data" / "personal_data.csv"
COARSE = {
    "Referral.source",
    "Referral.language",
    "Referral.urgency",
    "Referral.council",
    "Referral.routed_how",
    "Referral.routed_surely",
    "Referral.received_at",
    "Referral.promised_at",
    "Person.part",
    "SharingChoice.agency",
    "SharingChoice.choice",
    "Agreement.agreed",
    "Outcome.code",
    "ContactTry.way",
    "ContactTry.result",
}
"""All that is known of a family without a key. Make this shorter, never longer, without a decision record."""


def fields():
    """Yield ("app", "Model.field", field) for every column of ours."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in STACK:
            for field in model._meta.local_fields:
                yield model._meta.app_label, f"{model.__name__}.{field.name}", field


def census():
    with CENSUS.open() as file:
        return {(row["package"], row["field"]): row["class"] for row in csv.DictReader(file)}


def test_every_field_is_classified():
    ours = {(package, name) for package, name, _ in fields()}

    assert ours - census().keys() == set(), "add these to tests/data/personal_data.csv"
    assert census().keys() - ours == set(), "these are no more: take them out"
    assert set(census().values()) <= CLASSES


def test_what_a_family_leaves_in_clear_is_the_short_list():
    coarse = {name for (package, name), kind in census().items() if kind == "coarse"}

    assert coarse == COARSE


@pytest.mark.parametrize(
    ("name", "field"),
    [(name, field) for package, name, field in fields() if package == "referrals"],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_referrals_words_are_sealed(name, field):
    """Free text in the referrals package is either a sealed binary column or a code from a list."""
    kind = census()["referrals", name]
    if isinstance(field, models.BinaryField):
        assert kind in {"sealed", "index"}
    elif isinstance(
        field, models.TextField | models.EmailField | models.FileField | models.GenericIPAddressField
    ):
        pytest.fail(f"{name} keeps words in clear")
    elif isinstance(field, models.CharField) and not field.choices:
        assert field.max_length <= 100
        assert name in {
            "Referral.reference",
            "Referral.wording_version",
            "Referral.routed_how",
            "Referral.language",
            "Agreement.how",
            "Agreement.wording_version",
            "Message.key",
            "Chore.name",
        }


def test_every_sealed_column_has_its_attribute():
    """Drafts are sealed by the parent's secret instead (`referrals/drafts.py`)."""
    for model in apps.get_app_config("referrals").get_models():
        if model.__name__ == "Draft":
            continue
        for field in model._meta.local_fields:
            if field.name.endswith("_ct"):
                attribute = model.__dict__[field.name.removesuffix("_ct")]
                assert isinstance(attribute, Sealed), field
                assert attribute.column == field.name


def test_sealing_groups_are_never_shared():
    """One group for two columns would let a value be moved from one to the other."""
    groups = [
        attribute.group
        for model in apps.get_app_config("referrals").get_models()
        for attribute in vars(model).values()
        if isinstance(attribute, Sealed)
    ]

    assert len(groups) == len(set(groups)) > 5


@pytest.mark.parametrize(
    "model", list(apps.get_app_config("referrals").get_models()), ids=lambda model: model.__name__
)
def test_a_record_names_nobody(model):
    """`__str__` ends in logs, error reports and Wagtail's history: a reference or an id, never a person."""
    assert "__str__" in vars(model)
    for field in model._meta.local_fields:
        assert f"self.{field.name.removesuffix('_ct')}" not in source_of(model) or not field.name.endswith(
            "_ct"
        )


def source_of(model) -> str:
    import inspect

    return inspect.getsource(model.__str__)


def test_wagtail_knows_nothing_of_referrals():
    from wagtail.models.reference_index import ReferenceIndex
    from wagtail.search.index import get_indexed_models
    from wagtail.snippets.models import get_snippet_models

    referrals = set(apps.get_app_config("referrals").get_models())

    assert not referrals & set(get_snippet_models())
    assert not referrals & set(get_indexed_models())
    assert not {model for model in referrals if ReferenceIndex.is_indexed(model)}
