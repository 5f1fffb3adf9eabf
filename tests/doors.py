"""Going through the doors: a signed-in client, and how many queries a page takes."""

import time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.userkit import user_id_to_str
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import is_mfa_enabled
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guanjia.staff.models import User
from guanjia.staff.roles import SECOND_FACTOR

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def at_desk(user: User) -> Client:
    """A browser in which the user has signed in, with the second factor where the role asks it."""
    if user.posts.get().role in SECOND_FACTOR and not is_mfa_enabled(user):
        TOTP.activate(user, SECRET)
    return signed_in(user)


def signed_in(user: User, factor: bool = True) -> Client:
    """A browser in which the user has signed in; `factor`: with his second factor."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    if factor:
        session = client.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [
            {"method": "password", "at": time.time()},
            {"method": "mfa", "type": "totp", "at": time.time()},
        ]
        session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = user_id_to_str(user)
        session.save()
    return client


def text_of(client: Client, url: str, status: int = 200) -> str:
    """The page's HTML, after its status was checked."""
    response = client.get(url)
    assert response.status_code == status, (url, response.status_code)
    return response.content.decode()


def queries_of(client: Client, url: str) -> int:
    """How many queries a page takes, once everything that is kept in memory is there."""
    text_of(client, url)
    with CaptureQueriesContext(connection) as seen:
        text_of(client, url)
    return len(seen)


def asked_of(client: Client, url: str) -> int:
    """As `queries_of`, without the steps that set the scope of the request's transaction."""
    text_of(client, url)
    with CaptureQueriesContext(connection) as seen:
        text_of(client, url)
    steps = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    asked = [q["sql"] for q in seen if not q["sql"].startswith(steps)]
    return len([sql for sql in asked if "guanjia.kind" not in sql])
