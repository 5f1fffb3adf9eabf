"""How often one address may try: counted in the cache that all processes share, as sign-in is."""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

ASKS, ASKS_WITHIN = 20, 3600
WRONG_CODES, WRONG_WITHIN = 10, 600


def address(request: HttpRequest) -> str:
    """Where the request comes from, as sign-in sees it."""
    return str(get_adapter().get_client_ip(request))


def spent(what: str, whose: str, most: int) -> bool:
    """Whether there were `most` tries already."""
    return int(cache.get(f"limit/{what}/{whose}", 0)) >= most


def spend(what: str, whose: str, seconds: int) -> None:
    """One try more; the count is forgotten `seconds` after the first."""
    name = f"limit/{what}/{whose}"
    if not cache.add(name, 1, seconds):
        try:
            cache.incr(name)
        except ValueError:  # forgotten in between
            cache.add(name, 1, seconds)
