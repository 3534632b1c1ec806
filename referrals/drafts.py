"""Unfinished stories: kept so that only the browser that began one can open it.

The browser's cookie holds a random secret. A draft's row holds a hash of it to be found by, a random data key wrapped
under a key derived from it, and the answers under the data key. Without the cookie nobody can read the row, and
deleting the row or losing the cookie is the end of it.
"""

import hashlib
import json
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from .models import Draft
from .sealed import SealedError, decrypt, derive, encrypt

KEY_BYTES = 32
LONGEST_SECRET = 100
WRAPPING = "fh1|draft.key"


@dataclass(frozen=True)
class OpenDraft:
    """A draft that has been opened with its secret. Once sent it holds a receipt and no answers."""

    id: uuid.UUID
    secret: str
    answers: dict[str, Any]
    receipt: dict[str, Any] | None = None

    @property
    def sent(self) -> bool:
        return self.receipt is not None


def start(answers: dict[str, Any]) -> OpenDraft:
    """Keep the first answers under a secret of their own."""
    secret = secrets.token_urlsafe(KEY_BYTES)
    row = Draft(locator=_locator(secret), expires_at=_expiry())
    _seal(row, secret, {"answers": answers})
    row.save(force_insert=True)
    return OpenDraft(row.pk, secret, answers)


def read(secret: str) -> OpenDraft | None:
    """Return the draft that `secret` opens; None when there is none, or it is past its time."""
    row = _rows(secret).first()
    return _open(row, secret) if row else None


def change(secret: str, edit: Callable[[dict[str, Any]], dict[str, Any]]) -> OpenDraft | None:
    """Replace the answers by `edit(answers)`, whatever another window wrote meanwhile. None when there is no draft.

    A draft that has been sent is returned as it is.
    """
    with transaction.atomic():
        row = _rows(secret).select_for_update().first()
        draft = _open(row, secret) if row else None
        if row is None or draft is None or draft.sent:
            return draft
        answers = edit(draft.answers)
        _seal(row, secret, {"answers": answers}, key=_unwrap(row, secret))
        row.version += 1
        row.save(update_fields=["answers_ct", "version"])
    return OpenDraft(row.pk, secret, answers)


def settle(secret: str, receipt: dict[str, Any]) -> None:
    """Shred the answers of a draft that has been sent and keep its receipt, under a new data key."""
    with transaction.atomic():
        row = _rows(secret).select_for_update().first()
        if row:
            _seal(row, secret, {"receipt": receipt})
            row.version += 1
            row.save(update_fields=["wrapped_key", "answers_ct", "version"])


def discard(secret: str) -> None:
    """Delete the draft that `secret` opens, if there is one."""
    Draft.objects.filter(locator=_locator(secret)).delete()


def delete_expired(now: datetime | None = None) -> int:
    """Delete drafts past their time and return how many there were."""
    deleted, _ = Draft.objects.filter(expires_at__lte=now or timezone.now()).delete()
    return deleted


def _rows(secret: str) -> Any:
    return Draft.objects.filter(locator=_locator(secret), expires_at__gt=timezone.now())


def _expiry() -> datetime:
    return timezone.now() + timedelta(days=settings.DRAFT_LIFETIME_DAYS)


def _locator(secret: str) -> bytes:
    return hashlib.sha256(secret[:LONGEST_SECRET].encode("utf-8", "replace")).digest()


def _wrapping_key(secret: str) -> bytes:
    return derive(secret.encode(), WRAPPING)


def _unwrap(row: Draft, secret: str) -> bytes:
    return decrypt(_wrapping_key(secret), bytes(row.wrapped_key), f"{WRAPPING}|{row.pk}")


def _seal(row: Draft, secret: str, contents: dict[str, Any], key: bytes | None = None) -> None:
    """Put `contents` into the row under `key`, or under a new one that is wrapped for the secret."""
    if key is None:
        key = secrets.token_bytes(KEY_BYTES)
        row.wrapped_key = encrypt(_wrapping_key(secret), key, f"{WRAPPING}|{row.pk}")
    plain = json.dumps(contents, ensure_ascii=False, separators=(",", ":")).encode()
    row.answers_ct = encrypt(key, plain, f"fh1|draft.answers|{row.pk}")


def _open(row: Draft, secret: str) -> OpenDraft | None:
    try:
        plain = decrypt(_unwrap(row, secret), bytes(row.answers_ct), f"fh1|draft.answers|{row.pk}")
    except SealedError:
        # A row that was tampered with is as good as none: what is typed next starts a new one.
        return None
    contents = json.loads(plain)
    return OpenDraft(row.pk, secret, contents.get("answers", {}), contents.get("receipt"))
