"""How often one address may try: counted in a table, one row a count, that no flood can wash out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from allauth.account.adapter import get_adapter
from django.db import connection
from django.http import HttpRequest

from guanjia.kit import clock
from guanjia.people import seal

ASKS, ASKS_WITHIN = 20, 3600
ALL_ASKS = 60 * 3600  # from everywhere, in that hour: what pages and staff were measured to bear
EVERYWHERE = "everywhere"
HELD, HELD_WITHIN = 30, 300
"""Tries that one address may make after it was held back; a flood is then answered by a few bytes."""
LEAST_SECONDS = 3  # nobody reads and fills in a form faster
WRONG_CODES, WRONG_WITHIN = 10, 600
CODES, CODES_WITHIN = 30, 3600  # to whichever contacts: a station lends one address to many
ALL_CODES = 20_000  # from everywhere, in the same hour: each costs a message
OF_ONE_HOUSE = 64
"""Bits of an IPv6 address that name the house: whoever lives there has all the addresses below."""

SPEND = """
INSERT INTO concerns_try AS t (key, n, until) VALUES (%s, 1, %s) ON CONFLICT (key) DO UPDATE
SET n = CASE WHEN t.until <= %s OR t.until > excluded.until THEN 1 ELSE t.n + 1 END,
    until = CASE WHEN t.until <= %s OR t.until > excluded.until THEN excluded.until ELSE t.until END
"""
COUNTED = "SELECT n, until FROM concerns_try WHERE key = %s AND until > %s AND until <= %s"
LONGEST = timedelta(days=1)
"""No count lives longer: one that says so is of a clock that ran ahead, and does not count."""


def address(request: HttpRequest) -> str:
    """Where the request comes from, as sign-in sees it; of IPv6 the network that one house has."""
    found = ip_address(str(get_adapter().get_client_ip(request)))
    if found.version == 4:
        return str(found)
    if found.ipv4_mapped:  # as a server that listens on :: tells an IPv4 address
        return str(found.ipv4_mapped)
    return str(ip_network((found, OF_ONE_HOUSE), strict=False).network_address)


@dataclass(frozen=True, slots=True)
class Door:
    """What anybody may do so many times: from one address, and from everywhere, within so many seconds."""

    what: str
    of_one: int
    of_all: int
    seconds: int

    def shut_until(self, request: HttpRequest, at: datetime) -> datetime | None:
        """From when on one may try again; None where one may now."""
        for whose, most in ((address(request), self.of_one), (EVERYWHERE, self.of_all)):
            if spent(self.what, whose, most):
                return until(self.what, whose, at)
        return None

    def pass_by(self, request: HttpRequest) -> None:
        """One more went through."""
        for whose in (address(request), EVERYWHERE):
            spend(self.what, whose, self.seconds)


def asking() -> Door:
    """Of new requests."""
    return Door("ask", ASKS, ALL_ASKS, ASKS_WITHIN)


def wanting_a_code() -> Door:
    """Of codes to whichever contacts."""
    return Door("code-to", CODES, ALL_CODES, CODES_WITHIN)


def spent(what: str, whose: str, most: int) -> bool:
    """Whether there were `most` tries already."""
    return _counted(what, whose)[0] >= most


def until(what: str, whose: str, at: datetime) -> datetime:
    """From when one may try again."""
    return _counted(what, whose)[1] or at


def spend(what: str, whose: str, seconds: int) -> None:
    """One try more; the count is forgotten `seconds` after the first."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(SPEND, [_key(what, whose), now + timedelta(seconds=seconds), now, now])


def forget(at: datetime) -> int:
    """Remove counts that are over; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM concerns_try WHERE until <= %s OR until > %s", [at, at + LONGEST]
        )
        return int(cursor.rowcount)


def _counted(what: str, whose: str) -> tuple[int, datetime | None]:
    with connection.cursor() as cursor:
        now = clock.now()
        cursor.execute(COUNTED, [_key(what, whose), now, now + LONGEST])
        row = cursor.fetchone()
    return row or (0, None)


def _key(what: str, whose: str) -> str:
    """No address and no code stands in the table."""
    return seal.keyed(f"{what}/{whose}").hex()
