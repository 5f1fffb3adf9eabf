"""Addresses of posts, accounts and handovers."""

from django.urls import path

from guanjia.web import account_views, post_views

urlpatterns = [
    path("posts/", post_views.posts, name="posts"),
    path("posts/new/", post_views.open_post, name="open_post"),
    path("posts/<int:number>/", post_views.post, name="post"),
    path("posts/<int:number>/end/", post_views.end, name="end_post"),
    path("posts/<int:number>/stand-in/", post_views.stand_in, name="stand_in"),
    path("posts/accounts/", account_views.staff_accounts, name="staff_accounts"),
    path("posts/accounts/new/", account_views.open_account, name="open_account"),
    path("posts/accounts/<int:number>/", account_views.account, name="staff_account"),
    path(
        "posts/accounts/<int:number>/<slug:what>/",
        account_views.change_account,
        name="change_account",
    ),
    path("handovers/<int:number>/", post_views.handover, name="handover"),
]
