"""An unfinished story."""

import uuid

from django.db import models


class Draft(models.Model):
    """Answers not yet sent, readable only with the secret in the parent's cookie.

    `locator` is SHA-256 of that secret. `wrapped_key` is a random data key encrypted under a key derived from the
    secret; `answers_ct` is encrypted under the data key. Neither staff nor a copy of the database can read it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    locator = models.BinaryField(max_length=32, unique=True)
    wrapped_key = models.BinaryField()
    answers_ct = models.BinaryField()
    version = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"Draft {self.pk}"
