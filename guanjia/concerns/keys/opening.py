"""What a browser may open: one matter, by the code and the phone that it holds sealed for an hour, or by its
number, where a session's owner asked it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from guanjia.cases.models import Case
from guanjia.concerns.keys import cookies, mine, signed_in
from guanjia.concerns.matters import queries, tracking
from guanjia.kit import clock, scope

COOKIE, COOKIE_SECONDS = "matter", 3600
COOKIE_PATH = "/case/"
DOORS = ("slip", "rate", "reopen", "files", "withdraw")


@dataclass(frozen=True, slots=True)
class Ticket:
    """What opens one case: its code and the phone that was left."""

    code: str
    phone: str

    @property
    def key(self) -> str:
        """What the database knows the case by."""
        return tracking.key_of(self.code, self.phone)


@dataclass(frozen=True, slots=True)
class Opened:
    """One's own matter, open to this browser: by its `ticket`, or by its `number` (else 0)."""

    case: Case
    key: str
    ticket: Ticket | None = None
    number: int = 0

    def eyes(self) -> scope.Scope:
        """The scope of its asker."""
        return eyes(self.key)

    def door(self, name: str = "") -> str:
        """Where one of DOORS stands; without a name, the timeline."""
        if self.number:
            return reverse(f"mine_{name or 'case'}", args=[self.number])
        return reverse(f"case_{name}" if name else "case")

    @property
    def doors(self) -> dict[str, str]:
        """All of them, for its pages."""
        return {name: self.door(name) for name in DOORS}


def held(request: HttpRequest, number: int = 0) -> Opened | None:
    """What this browser has open: the case of its ticket, or the one numbered so of its session.

    None where it has no ticket, or no session. Raises Http404 for a number that is not hers.
    """
    if number:
        return _of_session(request, number)
    until, _blank, ticket = (cookies.kept(request, COOKIE) or "").partition(" ")
    code, _blank, phone = ticket.partition(" ")
    if not code or clock.now().timestamp() >= int(until):
        return None
    return by_ticket(Ticket(code, phone))


def by_ticket(ticket: Ticket) -> Opened | None:
    """The case that a ticket opens; None for a wrong one."""
    found = _case(ticket.key)
    return Opened(found, ticket.key, ticket) if found is not None else None


def eyes(key: str) -> scope.Scope:
    """The scope of the asker of one case."""
    return scope.Scope(kind="case", key=key)


def shut(number: int) -> HttpResponse:
    """Where to open it again: by code and phone, or by signing in."""
    return redirect("mine" if number else "case")


def own(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in whoever has the matter open, with it; anybody else opens it first."""

    @wraps(view)
    def guarded(request: HttpRequest, number: int = 0, **kwargs: Any) -> HttpResponse:
        found = held(request, number)
        return shut(number) if found is None else view(request, found, **kwargs)

    return guarded


def remember(response: HttpResponse, ticket: Ticket) -> HttpResponse:
    """The ticket, sealed, for an hour, on this device alone."""
    until = int(clock.now().timestamp()) + COOKIE_SECONDS  # a browser may keep it longer
    held = f"{until} {ticket.code} {ticket.phone}"
    return cookies.keep(response, COOKIE, held, COOKIE_PATH, COOKIE_SECONDS)


def forget(response: HttpResponse) -> HttpResponse:
    """No ticket stays on this device."""
    response.delete_cookie(COOKIE, path=COOKIE_PATH)
    return response


def _of_session(request: HttpRequest, number: int) -> Opened | None:
    resident = signed_in.who(request)
    if resident is None:
        return None
    key = mine.opened(resident.key, number, clock.now())
    found = _case(key) if key else None
    if key is None or found is None:
        raise Http404
    return Opened(found, key, number=number)


def _case(key: str) -> Case | None:
    with scope.hold(eyes(key)):
        return queries.of_key(key)
