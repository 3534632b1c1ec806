"""What migrations do to rows that are stored already."""

from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from referrals.models import Referral
from tests.factories.referrals import ReferralFactory

pytestmark = pytest.mark.django_db


def test_promises_are_taken_back_from_those_who_ring_and_from_nobody_else():
    now = timezone.now()
    rings = ReferralFactory(rings=True, promised_at=now)
    called = ReferralFactory(promised_at=now)
    passed_on = ReferralFactory(rings=True, promised_at=now, routed_how="out_of_area")
    spoilt = ReferralFactory(rings=True, promised_at=now)
    Referral.objects.filter(pk=spoilt.pk).update(contact_ct=b"spoilt")

    import_module("referrals.migrations.0002_no_promise_to_those_who_ring").take_back(apps, None)

    promised = dict(Referral.objects.values_list("pk", "promised_at"))
    assert promised == {rings.pk: None, called.pk: now, passed_on.pk: now, spoilt.pk: now}
