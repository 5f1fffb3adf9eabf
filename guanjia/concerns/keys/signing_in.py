"""Signing in by a code, without an account: a code is asked for and shown, a session begins, is used, ends.

The only writer of both tables but for the sending of codes. The same is done for every contact, whether
anything was asked from it or not; what is kept of a code is a keyed hash. The database begins the
session, and for a right code alone (migrations 0031 and 0034).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from guanjia.cases.writing import soon
from guanjia.concerns.matters.contacts import Contact
from guanjia.concerns.tables.contacts import BACK, IDLE, ContactCode, ContactSession
from guanjia.kit import scope
from guanjia.people import seal

SEND = "concerns.send_codes"
DIGITS = 6
OF_AN_HOUR, OF_A_DAY = 5, 10  # codes for one contact
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFTEN = timedelta(minutes=1)  # how exactly the last use is known
IN, WRONG = "in", "wrong"  # else it is over
LOCK = "SELECT pg_advisory_xact_lock(hashtext('concerns_code'), hashtext(%s))"
PROVE = "SELECT concerns_prove(%s, %s, %s, %s, %s)"


class TooMany(Exception):
    """One contact was sent so many codes that it gets the next only from a moment on."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__(again_at)
        self.again_at = again_at


@dataclass(frozen=True, slots=True)
class Shown:
    """What came of a code that was shown: IN with the new session's token, WRONG, or that it is over."""

    said: str
    token: str = ""


def code_of(nonce: str) -> str:
    """The six digits of an attempt, made anew from its number whenever they are sent.

    By the key that never changes: the index key may while they are under way.
    """
    number = int.from_bytes(seal.ticket(f"contact-code/{nonce}"))
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def hash_of(nonce: str, code: str) -> str:
    """What the database knows a code of an attempt by."""
    return seal.ticket(f"contact-code/{nonce}/{code}").hex()


def key_of(token: str) -> str:
    """What the database knows a session by."""
    return seal.ticket(f"contact-session/{token}").hex()


def ask(contact: Contact, at: datetime) -> str:
    """A code for a contact, sent soon; returns the attempt's number. Raises TooMany."""
    nonce = secrets.token_hex(16)
    with scope.hold(scope.Scope(kind="contact", key=contact.index)):
        with connection.cursor() as cursor:
            cursor.execute(LOCK, [contact.index])  # two at once are counted one after the other
        _refuse_too_many(contact, at)
        ContactCode.objects.create(
            nonce=nonce,
            way=contact.way,
            contact=contact.index,
            contact_sealed=seal.seal(contact.value),
            hash=hash_of(nonce, code_of(nonce)),
            asked_at=at,
            next_at=at,
        )
        soon(SEND)
    return nonce


def show(contact: Contact, nonce: str, code: str, remembered: bool, at: datetime) -> Shown:
    """A code is shown by the browser that asked for it; every wrong one counts."""
    token = secrets.token_urlsafe(24)
    hashed, key = hash_of(nonce, code), key_of(token)
    with (
        scope.hold(scope.Scope(kind="contact", key=contact.index)),
        connection.cursor() as cursor,
    ):
        cursor.execute(PROVE, [nonce, hashed, key, remembered, at])
        (said,) = cursor.fetchone()
    return Shown(said, token if said == IN else "")


def use(key: str, at: datetime) -> ContactSession | None:
    """The session of a key while it lives, now used; one that is over, by a clock set back too, ends."""
    with scope.hold(scope.Scope(kind="session", key=key)):
        found = ContactSession.objects.filter(ended_at=None).first()
        if found is None:
            return None
        if not found.seen_at - BACK < at < found.until:
            ContactSession.objects.filter(pk=found.pk, ended_at=None).update(ended_at=at)
            return None
        if at - found.seen_at > OFTEN:
            found.seen_at = at
            found.until = found.until if found.remembered else at + IDLE
            mine = ContactSession.objects.filter(pk=found.pk, ended_at=None, seen_at__lt=at)
            mine.update(seen_at=found.seen_at, until=found.until)
    return found


def leave(key: str, at: datetime) -> None:
    """The session is over, whatever holds its token."""
    with scope.hold(scope.Scope(kind="session", key=key)):
        ContactSession.objects.filter(ended_at=None).update(ended_at=at)


def _refuse_too_many(contact: Contact, at: datetime) -> None:
    """Whoever asked, and what a clock set back lets come later, counts too. Raises TooMany."""
    found = ContactCode.objects.filter(contact=contact.index, asked_at__gt=at - DAY)
    latest = list(found.order_by("-asked_at").values_list("asked_at", flat=True)[:OF_A_DAY])
    for most, span in ((OF_AN_HOUR, HOUR), (OF_A_DAY, DAY)):
        if len(latest) >= most and latest[most - 1] > at - span:
            raise TooMany(latest[most - 1] + span)
