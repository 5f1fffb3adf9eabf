"""Who sits before a browser: an attempt at signing in, or a session, each held sealed in a cookie of its own."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from guanjia.concerns.keys import cookies, signing_in
from guanjia.concerns.matters.contacts import Contact
from guanjia.concerns.tables.contacts import GOOD_FOR, REMEMBERED
from guanjia.kit import clock

# A browser takes the first name over https alone, from this host alone, for every path.
COOKIE = "__Host-mine" if settings.SESSION_COOKIE_SECURE else "mine"
ASKED, ASKED_PATH = "mine-code", "/mine/"
BEFORE = "mine"  # where a request keeps what was looked up once


@dataclass(frozen=True, slots=True)
class Resident:
    """Whoever showed a code: her contact, and what the database knows her session by."""

    contact: Contact
    key: str


def who(request: HttpRequest) -> Resident | None:
    """Whose session this browser holds, while it lives; asked once a request."""
    known: dict[str, Resident | None] = request.__dict__.setdefault(BEFORE, {})
    if "who" not in known:
        known["who"] = _who(request)
    return known["who"]


def _who(request: HttpRequest) -> Resident | None:
    held = _unsealed(request, COOKIE)
    if held is None:
        return None
    token, contact = held
    key = signing_in.key_of(token)
    session = signing_in.use(key, clock.now())
    if session is None or not contact.is_of(session.contact):
        return None
    return Resident(contact, key)


def lapsed(request: HttpRequest) -> bool:
    """Whether it held a session that lives no more."""
    return COOKIE in request.COOKIES and who(request) is None


def asked(request: HttpRequest) -> tuple[str, Contact] | None:
    """The attempt that this browser made: its number, and for which contact."""
    return _unsealed(request, ASKED)


def remember_asked(response: HttpResponse, nonce: str, contact: Contact) -> HttpResponse:
    """The attempt, for as long as its code is good."""
    most = int(GOOD_FOR.total_seconds())
    return cookies.keep(response, ASKED, _text(nonce, contact), ASKED_PATH, most)


def begin(response: HttpResponse, token: str, contact: Contact, remembered: bool) -> HttpResponse:
    """The session, until the browser is closed or, where that was wished, for thirty days."""
    most = int(REMEMBERED.total_seconds()) if remembered else None
    response.delete_cookie(ASKED, path=ASKED_PATH)
    return cookies.keep(response, COOKIE, _text(token, contact), "/", most)


def forget(response: HttpResponse) -> HttpResponse:
    """Nothing of a session or an attempt stays in this browser."""
    response.delete_cookie(ASKED, path=ASKED_PATH)
    response.delete_cookie(COOKIE, path="/")
    return response


def _text(number: str, contact: Contact) -> str:
    return f"{number} {contact.way} {contact.value}"


def _unsealed(request: HttpRequest, name: str) -> tuple[str, Contact] | None:
    held = (cookies.kept(request, name) or "").split(" ")
    return (held[0], Contact(held[1], held[2])) if len(held) == 3 else None
