"""People who sign in."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models.functions import Lower


class UserManager(DjangoUserManager["User"]):
    """Creates people by e-mail address; there are no user names."""

    def _create_user(self, email: str, password: str | None, **fields: object) -> "User":
        if not email:
            raise ValueError("A person who signs in needs an e-mail address")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":  # type: ignore[override]
        fields.setdefault("is_staff", False)
        fields.setdefault("is_superuser", False)
        return self._create_user(email, password, **fields)

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":  # type: ignore[override]
        return self._create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})


class User(AbstractUser):
    """Somebody who signs in: an editor, a content lead or a member of a locality's team.

    Rights at the desk come only from `Membership`; rights in the CMS from groups and from the hubs and
    organisations a person belongs to.
    """

    username = None  # type: ignore[assignment]
    email = models.EmailField("e-mail address", max_length=254, unique=True)
    for_demonstration = models.BooleanField(
        default=False, help_text="May sign in only while the database is marked as a demonstration."
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="hubs_user_email_any_case"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or f"Person {self.pk}"

    @property
    def name(self) -> str:
        return self.get_full_name()


class Demonstration(models.Model):
    """Its one row marks this database as a demonstration: invented people, passwords known to everyone."""

    marked_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Demonstration since {self.marked_at:%d %B %Y}"

    @classmethod
    def here(cls) -> bool:
        """Say whether this database is a demonstration."""
        return cls.objects.exists()
