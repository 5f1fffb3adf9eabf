"""Every address of the house."""

from django.urls import URLPattern, URLResolver, include, path

from guanjia.staff.factor_views import SetUpCodes, SetUpPasskey
from guanjia.web.book import views as book_views
from guanjia.web.due import views as due_views
from guanjia.web.front import find_views, home_views
from guanjia.web.posts import session_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home_views.home, name="home"),
    path("book/", book_views.book, name="book"),
    path("book/<slug:code>/", book_views.chapter, name="chapter"),
    path("due/", due_views.due, name="due"),
    path("find/", find_views.find, name="find"),
    path("near/", find_views.near, name="near"),
    path("marks/", home_views.marks, name="marks"),
    path("look/", home_views.look, name="look"),
    path("post/", home_views.act_in, name="act_in"),
    path("", include("guanjia.web.people.urls")),
    path("", include("guanjia.web.posts.urls")),
    path("", include("guanjia.web.desk.urls")),
    path("", include("guanjia.web.what_if.urls")),
    path("", include("guanjia.web.bank.urls")),
    path("", include("guanjia.ledger.urls")),
    path("", include("guanjia.entitlements.urls")),
    path("accounts/2fa/totp/activate/", SetUpCodes.as_view(), name="mfa_activate_totp"),
    path("accounts/2fa/webauthn/add/", SetUpPasskey.as_view(), name="mfa_add_webauthn"),
    path("accounts/sessions/", session_views.my_sessions, name="usersessions_list"),
    path("accounts/sessions/<int:number>/end/", session_views.end_session, name="end_session"),
    path("", include("guanjia.concerns.urls")),
    path("", include("guanjia.interop.import_urls")),
    path("accounts/", include("allauth.urls")),
]

handler400 = "guanjia.web.errors.bad_request"
handler403 = "guanjia.web.errors.forbidden"
handler404 = "guanjia.web.errors.not_found"
handler429 = "guanjia.web.errors.too_many"
handler500 = "guanjia.web.errors.failed"
