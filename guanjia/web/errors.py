"""Pages for what went wrong: what happened, what was kept, what to do, a code to quote."""

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from guanjia import __version__

LOG = logging.getLogger(__name__)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token was missing or old."""
    return _page(request, "csrf", 403, log=reason)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The address or form could not be read."""
    return _page(request, "400", 400, log=str(exception))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The post may not do this."""
    return _page(request, "403", 403, why=str(exception), log=str(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """No such page, or not one this post may see: the two look the same."""
    return _page(request, "404", 404)


def too_many(request: HttpRequest) -> HttpResponse:
    """Too many attempts in a short time."""
    return _page(request, "429", 429)


def failed(request: HttpRequest) -> HttpResponse:
    """Our own fault. The page asks nothing of the database, which may be what failed."""
    code = _code(request, 500, "")
    shown = {"kind": "500", "code": code, "version": __version__}
    return HttpResponse(render_to_string("error.html", shown), status=500)


def _page(
    request: HttpRequest, kind: str, status: int, why: str = "", log: str = ""
) -> HttpResponse:
    code = _code(request, status, log)
    return render(request, "error.html", {"kind": kind, "why": why, "code": code}, status=status)


def _code(request: HttpRequest, status: int, log: str) -> str:
    """A fresh code, which stands in the log beside the address: what a caller quotes is found."""
    code = secrets.token_hex(4).upper()
    level = logging.ERROR if status >= 500 else logging.WARNING
    LOG.log(level, "%s %s %s %s %s", code, status, request.method, request.path, log)
    return code
