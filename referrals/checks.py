"""System checks: without the right keys no story can be sealed or read."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from .sealed import KeysError, keyring


@register()
def data_keys(**kwargs: Any) -> list[CheckMessage]:
    """Say when the file of data keys is missing or malformed. Missing is only a warning where it is made on start."""
    try:
        keyring()
    except KeysError as problem:
        refused = getattr(settings, "DEMO_REFUSED", False) or Path(settings.DATA_KEYS_FILE).exists()
        kind = Error if refused else Warning
        hint = "`manage.py make_keys` makes a new one. Never replace the keys of a database that is in use."
        return [kind(str(problem), hint=hint, id="referrals.E001" if refused else "referrals.W001")]
    return []
