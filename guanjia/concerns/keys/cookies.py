"""What a browser holds sealed: it can neither read nor change it, and no script of a page sees it.

Each is good under its own name alone.
"""

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from guanjia.people import seal


def keep(
    response: HttpResponse, name: str, text: str, path: str, seconds: int | None
) -> HttpResponse:
    """Let the browser hold `text` for so many seconds; None: until it is closed."""
    response.set_cookie(
        name,
        seal.seal(f"{name} {text}").hex(),
        max_age=seconds,
        path=path,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def kept(request: HttpRequest, name: str) -> str | None:
    """What the browser holds under a name; None for nothing, or what was not sealed here for it."""
    try:
        held = seal.unseal(bytes.fromhex(request.COOKIES.get(name, "")))
    except (ValueError, InvalidTag, seal.KeyGone):
        return None
    named, _blank, text = held.partition(" ")
    return text if named == name else None
