"""Pages for what went wrong: what happened, what was kept, what to do, a code to quote."""

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token was missing or old."""
    return _page(request, "csrf", 403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The address or form could not be read."""
    return _page(request, "400", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The post may not do this."""
    return _page(request, "403", 403, str(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such page, or not one this post may see: the two look the same."""
    return _page(request, "404", 404)


def failed(request: HttpRequest) -> HttpResponse:
    """Our own fault."""
    return _page(request, "500", 500)


def _page(request: HttpRequest, kind: str, status: int, why: str = "") -> HttpResponse:
    code = secrets.token_hex(4).upper()
    return render(request, "error.html", {"kind": kind, "why": why, "code": code}, status=status)
