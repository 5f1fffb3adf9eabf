"""Addresses of concerns: the residents' and the desks'."""

from django.urls import path

from guanjia.concerns import (
    views_ask,
    views_beside,
    views_desk,
    views_express,
    views_files,
    views_intake,
    views_merge,
    views_notices,
    views_routing,
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
    path("routing/", views_routing.table, name="routing"),
    path("express/", views_express.register, name="express"),
    path("express/matters/", views_express.followed, name="followed"),
    path("inbox/", views_desk.inbox, name="inbox"),
    path("inbox/<int:number>/", views_desk.one, name="inbox_case"),
    path("inbox/<int:number>/others/", views_merge.others, name="inbox_others"),
    path("suggestions/", views_beside.suggestions, name="suggestions"),
    path("inbox/<int:number>/beside/", views_beside.of_case, name="inbox_beside"),
    path("inbox/<int:number>/sort/", views_express.sort, name="inbox_sort"),
    path("case/files/", views_files.add, name="case_files"),
    path("case/files/<int:position>/", views_files.of_asker, name="case_file"),
    path("notices/", views_notices.notices, name="notices"),
    path("notices/unread/", views_notices.unread, name="notices_unread"),
    path("notices/read/", views_notices.read_all, name="notices_read"),
    path("notices/<int:number>/", views_notices.read, name="notice"),
    path("inbox/", views_desk.inbox, name="inbox"),
    path("inbox/<int:number>/", views_desk.one, name="inbox_case"),
    path("inbox/<int:number>/others/", views_merge.others, name="inbox_others"),
    path("inbox/<int:number>/files/<int:position>/", views_files.of_desk, name="inbox_file"),
    path("inbox/<int:number>/<slug:verb>/", views_desk.move, name="inbox_move"),
]
