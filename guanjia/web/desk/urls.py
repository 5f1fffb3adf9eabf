"""Addresses of the desk: changes of facts, merges, splits, registrations."""

from django.urls import path

from guanjia.web.desk import join_views, split_views, views

HOUSEHOLD = "people/households/<int:number>/change/"
urlpatterns = [
    path("desk/", views.desk, name="desk"),
    path("people/<int:number>/change/", views.choose_change, name="choose_change"),
    path("people/<int:number>/change/<slug:kind>/", views.ask_change, name="ask_change"),
    path(HOUSEHOLD, views.choose_household_change, name="choose_household_change"),
    path(f"{HOUSEHOLD}<slug:kind>/", views.ask_household_change, name="ask_household_change"),
    path("desk/changes/<int:number>/", views.change, name="change"),
    path("desk/changes/<int:number>/approve/", views.approve_change, name="approve_change"),
    path("desk/changes/<int:number>/return/", views.return_change, name="return_change"),
    path("desk/changes/<int:number>/withdraw/", views.withdraw_change, name="withdraw_change"),
    path("people/<int:number>/merge/", join_views.ask_merge, name="ask_merge"),
    path("desk/merges/<int:number>/", join_views.merge, name="merge"),
    path("desk/merges/<int:number>/approve/", join_views.approve_merge, name="approve_merge"),
    path("desk/merges/<int:number>/return/", join_views.return_merge, name="return_merge"),
    path("desk/merges/<int:number>/withdraw/", join_views.withdraw_merge, name="withdraw_merge"),
    path("desk/merges/<int:number>/undo/", join_views.undo_merge, name="undo_merge"),
    path("people/<int:number>/split/", split_views.ask_split, name="ask_split"),
    path("desk/splits/<int:number>/", split_views.split, name="split"),
    path("desk/splits/<int:number>/approve/", split_views.approve_split, name="approve_split"),
    path("desk/splits/<int:number>/return/", split_views.return_split, name="return_split"),
    path("desk/splits/<int:number>/withdraw/", split_views.withdraw_split, name="withdraw_split"),
    path("desk/splits/<int:number>/undo/", split_views.undo_split, name="undo_split"),
    path("people/register/", join_views.register, name="register"),
    path("desk/transfers/<int:number>/", join_views.transfer, name="transfer"),
    path("desk/transfers/<int:number>/agree/", join_views.agree_transfer, name="agree_transfer"),
    path("desk/transfers/<int:number>/refuse/", join_views.refuse_transfer, name="refuse_transfer"),
]
