"""Every address of the house."""

from django.urls import URLPattern, URLResolver, include, path

from guanjia.web import book_views, due_views, home_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home_views.home, name="home"),
    path("book/", book_views.book, name="book"),
    path("book/<slug:code>/", book_views.chapter, name="chapter"),
    path("due/", due_views.due, name="due"),
    path("marks/", home_views.marks, name="marks"),
    path("look/", home_views.look, name="look"),
    path("post/", home_views.act_in, name="act_in"),
    path("", include("guanjia.web.people_urls")),
    path("", include("guanjia.web.desk_urls")),
    path("", include("guanjia.web.what_if_urls")),
    path("", include("guanjia.ledger.urls")),
    path("", include("guanjia.entitlements.urls")),
    path("accounts/", include("allauth.urls")),
]

handler400 = "guanjia.web.errors.bad_request"
handler403 = "guanjia.web.errors.forbidden"
handler404 = "guanjia.web.errors.not_found"
handler429 = "guanjia.web.errors.too_many"
handler500 = "guanjia.web.errors.failed"
