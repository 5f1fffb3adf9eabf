"""One's own sessions: where one is signed in, and how to leave there."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guanjia.kit import clock
from guanjia.staff import gate, sessions


@require_http_methods(["GET", "HEAD", "POST"])
@gate.own
def my_sessions(request: HttpRequest) -> HttpResponse:
    """Where I am signed in; a post ends all others."""
    user = gate.user_of(request)
    if request.method == "POST":
        ended = sessions.end_all(user, but=request.session.session_key)
        messages.success(request, _("已退出其他 %(n)d 处。") % {"n": ended})
        return redirect("usersessions_list")
    found = sessions.of(user, clock.now())
    shown = {"sessions": found, "several": len(found) > 1}
    return render(request, "usersessions/usersession_list.html", shown)


@require_POST
@gate.own
def end_session(request: HttpRequest, number: int) -> HttpResponse:
    """End one of mine; where it is this one, I am out."""
    if sessions.end(gate.user_of(request), number):
        messages.success(request, _("已退出。"))
    return redirect("usersessions_list")
