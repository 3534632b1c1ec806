"""Sign somebody in with both steps, without the screens."""

import time

from django.test import Client

from hubs.models import User

RECORDS = "account_authentication_methods"
RECORDS_OF = "account_authentication_methods_user"


def sign_in(client: Client, user: User, *, second_factor: bool = True) -> Client:
    """Return `client` with `user` signed in; without `second_factor`, by password alone."""
    client.force_login(user)
    session = client.session
    session[RECORDS] = [{"method": "password", "at": time.time()}]
    if second_factor:
        session[RECORDS].append({"method": "mfa", "at": time.time(), "type": "totp"})
    session[RECORDS_OF] = str(user.pk)
    session.save()
    return client
