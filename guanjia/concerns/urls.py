"""Addresses of concerns: the residents' and the desks'."""

from django.urls import path

from guanjia.concerns import views_ask, views_desk, views_rates
from guanjia.concerns import (
    views_ask,
    views_beside,
    views_desk,
    views_express,
    views_intake,
    views_merge,
    views_routing,
)

urlpatterns = [
    path("ask/", views_ask.ask, name="ask"),
    path("case/", views_ask.case, name="case"),
    path("case/slip/", views_ask.slip, name="case_slip"),
    path("case/rate/", views_ask.rate, name="case_rate"),
    path("case/reopen/", views_ask.reopen, name="case_reopen"),
    path("case/leave/", views_ask.leave, name="case_leave"),
    path("scoreboard/", views_rates.scoreboard, name="scoreboard"),
    path("scoreboard/take/", views_rates.take, name="take_month"),
    path("scoreboard/<slug:code>/", views_rates.rate, name="rate"),
    path("scoreboard/<slug:code>/cases/", views_rates.rate_cases, name="rate_cases"),
    path("intake/", views_intake.doors, name="intake"),
    path("intake/<slug:code>/", views_intake.sheet, name="intake_sheet"),
    path("intake/<slug:code>/hints/", views_intake.hints, name="intake_hints"),
    path("routing/", views_routing.table, name="routing"),
    path("express/", views_express.register, name="express"),
    path("express/matters/", views_express.followed, name="followed"),
    path("inbox/", views_desk.inbox, name="inbox"),
    path("inbox/<int:number>/", views_desk.one, name="inbox_case"),
    path("inbox/<int:number>/others/", views_merge.others, name="inbox_others"),
    path("suggestions/", views_beside.suggestions, name="suggestions"),
    path("inbox/<int:number>/beside/", views_beside.of_case, name="inbox_beside"),
    path("inbox/<int:number>/sort/", views_express.sort, name="inbox_sort"),
    path("inbox/<int:number>/<slug:verb>/", views_desk.move, name="inbox_move"),
]
