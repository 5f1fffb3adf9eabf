"""A desk that was left: after a while signing in again is asked, and the form that came late is kept.

The session's row outlives its use, so that a form sent after the time-out still knows whose it is. What
was typed is sealed into a fresh session that is signed in to by nobody, and given back to the same
account alone, on the page it came from.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from guanjia.kit import clock
from guanjia.people import seal
from guanjia.staff import sessions

SEEN, BEGUN, KEPT = "seen_at", "begun_at", "kept_form"
A_MINUTE = 60  # how exactly the last use is known
MOST_KEPT = 200_000  # characters of a form
SIGN_IN = "/accounts/"
NEVER_KEPT = ("csrfmiddlewaretoken", "password", "credential")


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that came too late: where it goes, and its fields in order."""

    action: str
    fields: list[tuple[str, str]]


class IdleTimeout:
    """Middleware: ends a session that was left alone, or lasted too long, at its next request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The request goes on; what is to be done is done once its form's token was checked."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, _kwargs: object
    ) -> HttpResponseBase | None:
        """None where the session goes on; else the way to sign in."""
        if not request.user.is_authenticated:
            return None
        now = clock.now()
        begun = request.session.setdefault(BEGUN, now.timestamp())
        last = request.session.setdefault(SEEN, now.timestamp())
        away, lasted = now.timestamp() - last, now.timestamp() - begun
        if away > settings.GUANJIA_IDLE_SECONDS or lasted > settings.GUANJIA_SESSION_SECONDS:
            return _closed(request)
        if abs(away) > A_MINUTE and not _by_itself(request):
            request.session[SEEN] = now.timestamp()
            sessions.seen(request, now)
        kept = request.session.get(KEPT)
        if kept and request.method == "POST" and request.path == kept["action"]:
            del request.session[KEPT]
        return None


def kept_for(request: HttpRequest) -> Kept | None:
    """The form that this page was left with, for the account that filled it in."""
    held = request.session.get(KEPT) if hasattr(request, "session") else None
    if not held or held["page"] != request.path or held["user"] != request.user.pk:
        return None
    try:
        fields = json.loads(seal.unseal(base64.b64decode(held["sealed"])))
    except seal.KeyGone:  # its key was put aside meanwhile
        return None
    return Kept(held["action"], [(name, value) for name, value in fields])


def _closed(request: HttpRequest) -> HttpResponseBase:
    """Sign out, keep the form, lead to sign in."""
    page, kept, said = _page_of(request), *_to_keep(request)
    logout(request)
    if kept is not None:
        request.session[KEPT] = kept
    messages.warning(request, said)
    response = redirect_to_login(page)
    if request.headers.get("HX-Request") == "true":
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = response.url
        return answer
    return response


def _to_keep(request: HttpRequest) -> tuple[dict[str, Any] | None, str]:
    """What of the request is kept, sealed; and what is said of it."""
    gone = _("您有一段时间没有操作，为了安全已经退出登录。请重新登录。")
    if request.method != "POST" or request.path.startswith(SIGN_IN):
        return None, gone
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if not any(word in name.lower() for word in NEVER_KEPT)
        for value in values
    ]
    if not fields:
        return None, gone
    text = json.dumps(fields)
    if len(text) > MOST_KEPT:
        return None, _(
            "您有一段时间没有操作，已经退出登录。这份表单太长，没能替您留住。请重新登录。"
        )
    sealed = base64.b64encode(seal.seal(text)).decode()
    said = _("您有一段时间没有操作，已经退出登录。刚才填的内容替您留着，登录以后放回原来的表单。")
    if request.FILES:
        said += _("选的文件要重新选。")
    page = urlsplit(_page_of(request)).path
    return {"user": request.user.pk, "page": page, "action": request.path, "sealed": sealed}, said


def _page_of(request: HttpRequest) -> str:
    """The page that the user stood on: of a form, the one that it was on."""
    if request.method == "GET" and "HX-Request" not in request.headers:
        return request.get_full_path()
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, request.is_secure()):
        return "/"
    parts = urlsplit(came_from)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _by_itself(request: HttpRequest) -> bool:
    """A page that asks how far a job is: nobody need sit before it."""
    match = request.resolver_match
    return match is not None and (match.url_name or "").endswith("progress")
