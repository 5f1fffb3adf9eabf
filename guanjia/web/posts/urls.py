"""Addresses of posts, accounts and handovers."""

from django.urls import path

from guanjia.web.posts import account_views, views

urlpatterns = [
    path("posts/", views.posts, name="posts"),
    path("posts/new/", views.open_post, name="open_post"),
    path("posts/<int:number>/", views.post, name="post"),
    path("posts/<int:number>/end/", views.end, name="end_post"),
    path("posts/<int:number>/stand-in/", views.stand_in, name="stand_in"),
    path("posts/accounts/", account_views.staff_accounts, name="staff_accounts"),
    path("posts/accounts/new/", account_views.open_account, name="open_account"),
    path("posts/accounts/<int:number>/", account_views.account, name="staff_account"),
    path(
        "posts/accounts/<int:number>/<slug:what>/",
        account_views.change_account,
        name="change_account",
    ),
    path("handovers/<int:number>/", views.handover, name="handover"),
]
