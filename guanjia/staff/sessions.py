"""Where somebody is signed in: the sessions of an account, seen, kept up to date, ended."""

from datetime import datetime, timedelta

from allauth.core.internal.httpkit import get_client_ip
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest

from guanjia.staff.models import User


def of(user: User, at: datetime) -> list[UserSession]:
    """The sessions in which the user is signed in, the last used first; those left idle are none."""
    idle = at - timedelta(seconds=settings.GUANJIA_IDLE_SECONDS)
    found = [one for one in UserSession.objects.purge_and_list(user) if one.last_seen_at > idle]
    return sorted(found, key=lambda one: one.last_seen_at, reverse=True)


def seen(request: HttpRequest, at: datetime) -> None:
    """This session was used now, from this address."""
    mine = UserSession.objects.filter(session_key=request.session.session_key)
    mine.update(last_seen_at=at, ip=get_client_ip(request))


def end(user: User, number: int) -> bool:
    """End one session of an account; returns whether there was one."""
    session = UserSession.objects.filter(user=user, pk=number).first()
    if session is not None:
        session.end()
    return session is not None


def end_all(user: User, but: str | None = None) -> int:
    """End every session of an account, or every other than the one of this key; returns how many."""
    found = list(UserSession.objects.filter(user=user).exclude(session_key=but or ""))
    for session in found:
        session.end()
    return len(found)
