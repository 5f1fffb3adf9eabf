"""Addresses of concerns: the residents' and the desks'."""

from django.urls import path

from guanjia.concerns import (
    views_ask,
    views_beside,
    views_desk,
    views_express,
    views_intake,
    views_reviews,
    views_routing,
    views_topics,
)

urlpatterns = [
    path("ask/", views_ask.ask, name="ask"),
    path("case/", views_ask.case, name="case"),
    path("case/slip/", views_ask.slip, name="case_slip"),
    path("case/rate/", views_ask.rate, name="case_rate"),
    path("case/reopen/", views_ask.reopen, name="case_reopen"),
    path("case/leave/", views_ask.leave, name="case_leave"),
    path("intake/", views_intake.doors, name="intake"),
    path("intake/<slug:code>/", views_intake.sheet, name="intake_sheet"),
    path("intake/<slug:code>/hints/", views_intake.hints, name="intake_hints"),
    path("reviews/", views_reviews.reviews, name="reviews"),
    path("reviews/<int:number>/", views_reviews.one, name="review"),
    path("topics/", views_topics.topics, name="topics"),
    path("topics/<int:number>/", views_topics.one, name="topic"),
    path("routing/", views_routing.table, name="routing"),
    path("express/", views_express.register, name="express"),
    path("express/matters/", views_express.followed, name="followed"),
    path("inbox/", views_desk.inbox, name="inbox"),
    path("inbox/<int:number>/", views_desk.one, name="inbox_case"),
    path("suggestions/", views_beside.suggestions, name="suggestions"),
    path("inbox/<int:number>/beside/", views_beside.of_case, name="inbox_beside"),
    path("inbox/<int:number>/sort/", views_express.sort, name="inbox_sort"),
    path("inbox/<int:number>/<slug:verb>/", views_desk.move, name="inbox_move"),
]
