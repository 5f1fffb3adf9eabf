"""The gate: which post a request acts in, what it may do, and the scope its transaction has."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from guanjia.kit import clock, scope
from guanjia.staff import queries, roles
from guanjia.staff.models import Post, User
from guanjia.staff.roles import May

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
ACTING = "acting_post"
OWN = "own"


def scope_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Each request is one transaction under the scope of the post it acts in; without one, none.

    A post that must sign in with a second factor has no scope until this session has used one.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        post, posts = _acting(request)
        request.post = post  # type: ignore[attr-defined]
        request.posts = posts  # type: ignore[attr-defined]
        request.closed = post is not None and _lacks_factor(request, post)  # type: ignore[attr-defined]
        if post is None or closed(request):
            return get_response(request)
        with scope.hold(scope_of(post)):
            response = get_response(request)
        return _scoped_stream(response, post)

    return respond


def scope_of(post: Post) -> scope.Scope:
    """The scope that a post gives today."""
    return scope.staff(post.pk, post.role, post.place_id, clock.today())


def may(what: May, to_post: May | None = None) -> Callable[[View[P]], View[P]]:
    """Door guard: signed in, in a post that may do `what`, with a second factor where it must.

    `to_post`: what a post must be allowed besides, where the door also takes a form.
    """

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            refused = refusal(request, what)
            if refused is None and to_post is not None and request.method == "POST":
                refused = refusal(request, to_post)
            return refused if refused is not None else view(request, *args, **kwargs)

        # Tests read from the doors what they ask.
        guarded.asks, guarded.asks_to_post = what, to_post or what  # type: ignore[attr-defined]
        return guarded

    return guard


def own(view: View[P]) -> View[P]:
    """Door guard of what belongs to who asks, whatever his post: signed in."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    guarded.asks = OWN  # type: ignore[attr-defined]
    return guarded


def refusal(request: HttpRequest, what: May) -> HttpResponse | None:
    """A redirect where signing in helps; PermissionDenied where it does not; None where allowed."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    post: Post | None = getattr(request, "post", None)
    if post is None or what not in roles.ROLES[post.role]:
        raise PermissionDenied(_("您当前的岗位没有这项权限。"))
    return to_factor(request) if closed(request) else None


def closed(request: HttpRequest) -> bool:
    """Whether the post is shut until this session has used a second factor."""
    return bool(getattr(request, "closed", False))


def to_factor(request: HttpRequest) -> HttpResponse:
    """Where the second factor is used now, or set up by who has none."""
    if not is_mfa_enabled(request.user):
        return redirect("mfa_activate_totp")
    codes = is_mfa_enabled(request.user, [Authenticator.Type.TOTP])
    name = "mfa_reauthenticate" if codes else "mfa_reauthenticate_webauthn"
    back = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    return redirect(f"{reverse(name)}?{urlencode({'next': back})}")


def post_of(request: HttpRequest) -> Post:
    """The post that a request acts in, behind a guarded door."""
    post: Post = request.post  # type: ignore[attr-defined]
    return post


def user_of(request: HttpRequest) -> User:
    """Who asks, behind a guarded door."""
    assert isinstance(request.user, User)  # the gate let nobody else in
    return request.user


def allows(request: HttpRequest, what: May) -> bool:
    """Whether a page should offer `what` to this request."""
    post: Post | None = getattr(request, "post", None)
    return post is not None and not closed(request) and what in roles.ROLES[post.role]


def _acting(request: HttpRequest) -> tuple[Post | None, list[Post]]:
    if not request.user.is_authenticated or request.user.pk is None:
        return None, []
    posts = list(queries.posts_of(request.user.pk, clock.today()))
    chosen = request.session.get(ACTING)
    return next((p for p in posts if p.pk == chosen), posts[0] if posts else None), posts


def _lacks_factor(request: HttpRequest, post: Post) -> bool:
    if post.role not in roles.SECOND_FACTOR:
        return False
    records = get_authentication_records(request, request.user)
    return not any(record.get("method") == "mfa" for record in records)


def _scoped_stream(response: HttpResponseBase, post: Post) -> HttpResponseBase:
    """A streamed body runs after the transaction has ended: it gets a scoped one of its own."""
    if isinstance(response, StreamingHttpResponse) and not response.is_async:
        body: Any = response.streaming_content

        def scoped() -> Iterator[bytes]:
            with scope.hold(scope_of(post)):
                yield from body

        response.streaming_content = scoped()
    return response
