"""How often one address may try: counted in the cache that all processes share, as sign-in is."""

from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

from guanjia.kit import clock

ASKS, ASKS_WITHIN = 20, 3600
ALL_ASKS = (
    60 * 3600
)  # from everywhere, in the same hour: what pages and staff were measured to bear
EVERYWHERE = "everywhere"
HELD, HELD_WITHIN = 30, 300
"""Tries that one address may make after it was held back; a flood is then answered by a few bytes."""
LEAST_SECONDS = 3  # nobody reads and fills in a form faster
WRONG_CODES, WRONG_WITHIN = 10, 600
CODES, CODES_WITHIN = 30, 3600  # to whichever contacts: a station lends one address to many
ALL_CODES = 20_000  # from everywhere, in the same hour: each costs a message


def address(request: HttpRequest) -> str:
    """Where the request comes from, as sign-in sees it."""
    return str(get_adapter().get_client_ip(request))


def spent(what: str, whose: str, most: int) -> bool:
    """Whether there were `most` tries already."""
    return int(cache.get(f"limit/{what}/{whose}", 0)) >= most


def until(what: str, whose: str, at: datetime) -> datetime:
    """From when one may try again."""
    found: datetime | None = cache.get(f"limit/{what}/{whose}/until")
    return found or at


def spend(what: str, whose: str, seconds: int) -> None:
    """One try more; the count is forgotten `seconds` after the first."""
    name = f"limit/{what}/{whose}"
    cache.add(f"{name}/until", clock.now() + timedelta(seconds=seconds), seconds)
    if not cache.add(name, 1, seconds):
        try:
            cache.incr(name)
        except ValueError:  # forgotten in between
            cache.add(name, 1, seconds)
