"""Who may do what to which record in the CMS. Every admin view asks here, row by row.

Wagtail's own views ask only whether somebody may change *some* record of a model; `RowChecked` (in `cms.rows`)
makes each of them ask about the record at hand.
"""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Model, Q, QuerySet
from wagtail.permissions import ModelPermissionPolicy

from directory.models import Category, Organisation, Service
from hubs.models import Council, Hub, Locality, Location, Membership

EDIT_EVERYTHING = "cms.edit_every_listing"
"""Held by content leads: the whole directory, whoever runs it."""

ANYTHING = ("add", "change", "delete", "publish", "lock", "unlock", "view")


def edits_everything(user: AbstractBaseUser) -> bool:
    """Say whether somebody looks after the whole directory."""
    return user.is_active and user.has_perm(EDIT_EVERYTHING)  # type: ignore[attr-defined]


def managed_councils(user: Any) -> QuerySet[Council]:
    """Return the councils whose teams somebody looks after: those in which they manage a team today.

    A group opens the screens; only a membership says whose. Superusers look after all.
    """
    if user.is_active and user.is_superuser:
        return Council.objects.all()
    managed = Membership.objects.current().filter(user=user.pk, role=Membership.Role.MANAGER)
    return Council.objects.filter(pk__in=managed.values("locality__council"))


def _manages_any(user: Any) -> bool:
    # Menus ask several times a page. The answer is kept as Django keeps a user's rights; rows are asked for afresh.
    if not hasattr(user, "_manages_any"):
        user._manages_any = managed_councils(user).exists()
    manages: bool = user._manages_any
    return manages


def may_name_members(user: Any, locality: Locality) -> bool:
    """Say whether somebody decides who works at a desk: a manager of the council, never a content lead.

    A membership opens families' requests, so it is not given by those who only look after the website.
    """
    return user.is_superuser or managed_councils(user).filter(pk=locality.council_id).exists()


def own_hubs(user: AbstractBaseUser) -> QuerySet[Hub]:
    """Return the hubs somebody is on the staff of."""
    return Hub.objects.filter(editors=user.pk) if user.pk else Hub.objects.none()


def own_services(user: AbstractBaseUser) -> Q:
    """Return what picks the listings at somebody's hubs or of their organisations."""
    hubs = own_hubs(user).values("pk")
    runs = Organisation.objects.filter(editors=user.pk).values("pk")
    return Q(pk__in=Service.objects.filter(service_locations__location__in=hubs).values("pk")) | Q(
        organisation__in=runs
    )


def _services(user: AbstractBaseUser) -> Q:
    return own_services(user)


def _hubs(user: AbstractBaseUser) -> Q:
    return Q(pk__in=own_hubs(user).values("pk"))


def _organisations(user: AbstractBaseUser) -> Q:
    return Q(editors=user.pk)


def _none(user: AbstractBaseUser) -> Q:
    return Q(pk__in=[])


def _councils(user: AbstractBaseUser) -> Q:
    return Q(pk__in=managed_councils(user).values("pk"))


def _localities(user: AbstractBaseUser) -> Q:
    return Q(council__in=managed_councils(user).values("pk"))


OWN = {
    Service: _services,
    Hub: _hubs,
    Location: _none,
    Organisation: _organisations,
    Category: _none,
    Council: _councils,
    Locality: _localities,
}
"""What picks somebody's own rows of each model."""


def _concrete(model: type[Model]) -> type[Model]:
    return model._meta.concrete_model or model


class RowPolicy(ModelPermissionPolicy):
    """A right from a group holds only for the person's own rows, and never to change what a feed brings."""

    def rows(self, user: AbstractBaseUser) -> QuerySet:
        """Return every row somebody may open in the CMS."""
        everything = self.model._default_manager.all()
        if self.model is Location:
            # A hub is edited as a hub, with what makes it one.
            everything = everything.filter(hub__isnull=True)
        if not self.user_has_any_permission(user, ANYTHING):
            return everything.none()
        if self._has_all(user):
            return everything
        return everything.filter(OWN[_concrete(self.model)](user))

    def _has_all(self, user: Any) -> bool:
        # Teams and their areas say who reads a family's request, so looking after the website gives none of them.
        return edits_everything(user) and (user.is_superuser or self.model is not Locality)

    def instances_user_has_any_permission_for(self, user: AbstractBaseUser, actions: list[str]) -> QuerySet:
        if not self.user_has_any_permission(user, actions):
            return self.model._default_manager.none()
        return self.rows(user)

    def user_has_permission(self, user: AbstractBaseUser, action: str) -> bool:
        """Ask about the model. Wagtail asks no more than this of a record that is not saved yet."""
        if not super().user_has_permission(user, action):
            return False
        if self._has_all(user):
            return True
        if self.model in (Council, Locality):
            return _manages_any(user)
        return action != "publish" or own_hubs(user).filter(council__hub_staff_may_publish=True).exists()

    def user_has_permission_for_instance(self, user: AbstractBaseUser, action: str, instance: Model) -> bool:
        if not self.user_has_permission(user, action):
            return False
        if action in ("change", "delete", "publish") and is_from_feed(instance):
            return False
        if instance.pk is None:
            return True
        return self.rows(user).filter(pk=instance.pk).exists() and self._council_allows(
            user, action, instance
        )

    def _council_allows(self, user: AbstractBaseUser, action: str, instance: Model) -> bool:
        if action != "publish" or edits_everything(user):
            return True
        council = getattr(instance, "council", None)
        return council is not None and council.hub_staff_may_publish and at_own_hub(user, instance)


def is_from_feed(instance: Model) -> bool:
    """Say whether a feed is the writer of this record, so that nobody here may be."""
    return getattr(instance, "source", "cms") == "feed"


def at_own_hub(user: AbstractBaseUser, instance: Model) -> bool:
    """Say whether a record is somebody's own hub or something that happens at one."""
    hubs = own_hubs(user)
    if isinstance(instance, Hub):
        return hubs.filter(pk=instance.pk).exists()
    if isinstance(instance, Service):
        places = [at.location_id for at in instance.service_locations.all()]
        return hubs.filter(pk__in=places).exists()
    return False


def usable_places(user: AbstractBaseUser) -> QuerySet[Location]:
    """Return the places somebody may put a listing at: their own hubs, and places that are nobody's hub.

    A partner may use any hub, since a content lead looks before anything is shown. Secret addresses are
    for content leads only.
    """
    places = Location.objects.all()
    if edits_everything(user):
        return places
    open_to_all = Q(masked=False)
    if not Organisation.objects.filter(editors=user.pk).exists():
        open_to_all &= Q(hub__isnull=True)
    return places.filter(open_to_all | Q(pk__in=own_hubs(user).values("pk")))


def usable_organisations(user: AbstractBaseUser) -> QuerySet[Organisation]:
    """Return who somebody's listings may be run by: their own organisations, and for hub staff those of their council.

    An organisation is of the councils that it has listings in, or whose hubs its editors are on the staff of. One
    without listings may yet be of any.
    """
    everybody = Organisation.objects.all()
    if edits_everything(user):
        return everybody
    usable = Q(editors=user.pk)
    hubs = own_hubs(user)
    if hubs.exists():
        staff = Hub.objects.filter(council__in=hubs.values("council")).values("editors")
        usable |= Q(services__isnull=True) | Q(services__council__in=hubs.values("council"))
        usable |= Q(editors__in=staff)
    return everybody.filter(pk__in=everybody.filter(usable).values("pk"))


def choosable(model: type[Model], user: AbstractBaseUser) -> QuerySet:
    """Return what a chooser may offer somebody. Nothing, unless said here."""
    concrete = _concrete(model)
    rows = RowPolicy(model).rows(user)
    if concrete is Location:
        return usable_places(user)
    if concrete is Organisation:
        return usable_organisations(user)
    if concrete is Category:
        return Category.objects.all()
    if concrete in (Council, Locality) and edits_everything(user):
        # A hub has a council and a team, and hubs are content leads' to edit.
        return concrete._default_manager.all()
    if concrete in (Service, Hub, Council, Locality):
        return rows
    return model._default_manager.none()
