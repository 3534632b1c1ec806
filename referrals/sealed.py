"""Encryption at rest: keys, and the attribute that seals a model's field.

Format of a sealed value: `0x01 | key id (2 bytes) | nonce (12) | ciphertext | tag (16)`, AES-256-GCM. The row's
id and the field's name are associated data, so a value moved to another row or field does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import struct
import threading
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

VERSION = b"\x01"
HEADER = 3
NONCE = 12
PAD_TO = 256
"""Plain text is padded to a multiple of this, so that its length says little."""


class SealedError(Exception):
    """A sealed value cannot be opened: wrong key, wrong row, or changed."""

    def __init__(self) -> None:
        super().__init__("This record cannot be opened. The keys are wrong or the record was changed")


class KeysError(Exception):
    """The file of data keys is missing or not as it should be. `str(error)` names what is wrong."""


def make_keys() -> dict[str, Any]:
    """Return a fresh set of data keys, ready to be written as JSON."""
    return {
        "enc": {"1": secrets.token_hex(32)},
        "index": secrets.token_hex(32),
        "pepper": secrets.token_hex(32),
    }


def write_keys(path: Path) -> bool:
    """Write a fresh key file, readable by its owner only. Leaves an existing file alone and returns False."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w") as file:
        json.dump(make_keys(), file, indent=1)
    return True


def derive(secret: bytes, purpose: str) -> bytes:
    """Return a 32-byte key for one purpose from a longer-lived secret (HKDF, RFC 5869)."""
    return HKDF(hashes.SHA256(), 32, salt=None, info=purpose.encode()).derive(secret)


def pad(plain: bytes) -> bytes:
    """Return `plain` with its length in front and zeros behind, up to a multiple of `PAD_TO`."""
    framed = struct.pack(">I", len(plain)) + plain
    return framed + b"\0" * (-len(framed) % PAD_TO)


def unpad(padded: bytes) -> bytes:
    (length,) = struct.unpack(">I", padded[:4])
    return padded[4 : 4 + length]


def encrypt(key: bytes, plain: bytes, about: str) -> bytes:
    """Return `nonce | ciphertext | tag`, bound to `about`."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, pad(plain), about.encode())


def decrypt(key: bytes, sealed: bytes, about: str) -> bytes:
    """Undo `encrypt`.

    Raises:
        SealedError: the key, `about` or the value is not the one that was sealed.
    """
    try:
        return unpad(AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], about.encode()))
    except (InvalidTag, ValueError, struct.error):
        raise SealedError from None


class Keyring:
    """The data keys of this installation, read once from `DATA_KEYS_FILE`."""

    def __init__(self, path: str) -> None:
        try:
            keys = json.loads(Path(path).read_text())
            self._encryption = {int(kid): bytes.fromhex(key) for kid, key in keys["enc"].items()}
            self._index = bytes.fromhex(keys["index"])
            self.pepper = bytes.fromhex(keys["pepper"])
        except FileNotFoundError:
            raise KeysError(
                f"There is no file of data keys at {path}. See DATA_KEYS_FILE in the README"
            ) from None
        except (ValueError, KeyError, AttributeError, TypeError):
            raise KeysError(f"The file of data keys at {path} is not in the right form") from None
        if not self._encryption or any(len(key) != 32 for key in self._encryption.values()):
            raise KeysError(f"The file of data keys at {path} needs at least one key of 32 bytes")
        self._lock = threading.Lock()
        self._derived: dict[tuple[int, str], bytes] = {}

    @property
    def newest(self) -> int:
        """The id of the key that new values are sealed under."""
        return max(self._encryption)

    def _key(self, kid: int, group: str) -> bytes:
        with self._lock:
            if (kid, group) not in self._derived:
                if kid not in self._encryption:
                    raise SealedError
                self._derived[kid, group] = derive(self._encryption[kid], f"fh1|{group}")
            return self._derived[kid, group]

    def seal(self, group: str, row: object, value: object) -> bytes:
        """Return `value` (anything JSON) sealed for one field of one row."""
        kid = self.newest
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return VERSION + struct.pack(">H", kid) + encrypt(self._key(kid, group), plain, f"fh1|{group}|{row}")

    def open(self, group: str, row: object, sealed: bytes) -> Any:
        """Undo `seal`.

        Raises:
            SealedError: wrong key, wrong row or field, or a changed value. Never returns cipher text.
        """
        sealed = bytes(sealed)
        if len(sealed) < HEADER + NONCE or sealed[:1] != VERSION:
            raise SealedError
        (kid,) = struct.unpack(">H", sealed[1:HEADER])
        return json.loads(decrypt(self._key(kid, group), sealed[HEADER:], f"fh1|{group}|{row}"))

    def index(self, attribute: str, value: str) -> bytes:
        """Return eight bytes that are equal for equal values and say nothing else (a blind index)."""
        return hmac.new(self._index, f"fh1|{attribute}|{value}".encode(), hashlib.sha256).digest()[:8]


@cache
def _read(path: str) -> Keyring:
    return Keyring(path)


def keyring() -> Keyring:
    """Return this installation's keys.

    Raises:
        KeysError: the file is missing or malformed.
    """
    return _read(str(settings.DATA_KEYS_FILE))


class Sealed:
    """A model attribute kept encrypted in the binary column `<name>_ct`.

    Reading opens it, setting seals it; None stays None. A value that was not touched is never sealed again.

        story_ct = models.BinaryField()
        story = Sealed("referral.story")
    """

    def __init__(self, group: str) -> None:
        self.group = group

    def __set_name__(self, owner: type[models.Model], name: str) -> None:
        self.column = f"{name}_ct"

    def __get__(self, row: models.Model | None, owner: type[models.Model] | None = None) -> Any:
        if row is None:
            return self
        sealed = getattr(row, self.column)
        return None if sealed is None else keyring().open(self.group, row.pk, sealed)

    def __set__(self, row: models.Model, value: object) -> None:
        setattr(row, self.column, None if value is None else keyring().seal(self.group, row.pk, value))
