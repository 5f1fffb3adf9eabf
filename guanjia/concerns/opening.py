"""What a browser may open: one matter, by the code and the phone that it holds sealed for an hour."""

from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from guanjia.cases.models import Case
from guanjia.concerns import queries, tracking
from guanjia.kit import scope
from guanjia.people import seal

COOKIE, COOKIE_SECONDS = "matter", 3600
COOKIE_PATH = "/case/"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What opens one case: its code and the phone that was left."""

    code: str
    phone: str

    @property
    def key(self) -> str:
        """What the database knows the case by."""
        return tracking.key_of(self.code, self.phone)

    def eyes(self) -> scope.Scope:
        """The scope of its asker."""
        return scope.Scope(kind="case", key=self.key)


def held(request: HttpRequest) -> tuple[Ticket, Case] | None:
    """The ticket that this browser holds, and its case."""
    try:
        code, _blank, phone = seal.unseal(bytes.fromhex(request.COOKIES.get(COOKIE, ""))).partition(
            " "
        )
    except (ValueError, InvalidTag, seal.KeyGone, IndexError):
        return None
    ticket = Ticket(code, phone)
    found = case_of(ticket)
    return (ticket, found) if found is not None else None


def case_of(ticket: Ticket) -> Case | None:
    """The case that a ticket opens; None for a wrong one."""
    with scope.hold(ticket.eyes()):
        return queries.of_key(ticket.key)


def remember(response: HttpResponse, ticket: Ticket) -> HttpResponse:
    """The ticket, sealed, for an hour, on this device alone."""
    response.set_cookie(
        COOKIE,
        seal.seal(f"{ticket.code} {ticket.phone}").hex(),
        max_age=COOKIE_SECONDS,
        path=COOKIE_PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response
