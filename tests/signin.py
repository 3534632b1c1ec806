"""Sign somebody in with both steps, without the screens."""

import time

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from hubs.models import User

RECORDS = "account_authentication_methods"
RECORDS_OF = "account_authentication_methods_user"


def sign_in(client: Client, user: User, *, second_factor: bool = True) -> Client:
    """Return `client` with `user` signed in; without `second_factor`, by password alone.

    The session is written as signing in leaves it. Django's `force_login` writes four rows to the same end.
    """
    methods = [{"method": "password", "at": time.time()}]
    if second_factor:
        methods.append({"method": "mfa", "at": time.time(), "type": "totp"})
    client.cookies.pop(settings.SESSION_COOKIE_NAME, None)
    session = client.session
    session.update(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            RECORDS: methods,
            RECORDS_OF: str(user.pk),
        }
    )
    session.save()
    return client
