"""Addresses of concerns: the residents' and the desks'."""

from django.urls import path

from guanjia.concerns import (
    views_ask,
    views_bulk,
    views_desk,
    views_files,
    views_inbox,
    views_merge,
    views_notices,
    views_overview,
    views_person,
)

urlpatterns = [
    path("ask/", views_ask.ask, name="ask"),
    path("case/", views_ask.case, name="case"),
    path("case/slip/", views_ask.slip, name="case_slip"),
    path("case/rate/", views_ask.rate, name="case_rate"),
    path("case/reopen/", views_ask.reopen, name="case_reopen"),
    path("case/leave/", views_ask.leave, name="case_leave"),
    path("case/files/", views_files.add, name="case_files"),
    path("case/files/<int:position>/", views_files.of_asker, name="case_file"),
    path("notices/", views_notices.notices, name="notices"),
    path("notices/unread/", views_notices.unread, name="notices_unread"),
    path("notices/read/", views_notices.read_all, name="notices_read"),
    path("notices/<int:number>/", views_notices.read, name="notice"),
    path("inbox/", views_inbox.inbox, name="inbox"),
    path("inbox/bulk/", views_bulk.bulk, name="inbox_bulk"),
    path("inbox/overview/", views_overview.overview, name="inbox_overview"),
    path("inbox/filters/", views_inbox.save_filter, name="inbox_filters"),
    path("inbox/filters/<int:number>/drop/", views_inbox.drop_filter, name="inbox_drop_filter"),
    path("inbox/<int:number>/", views_desk.one, name="inbox_case"),
    path("inbox/<int:number>/person/", views_person.choose, name="inbox_person"),
    path("inbox/<int:number>/person/link/", views_person.link, name="inbox_link"),
    path("inbox/<int:number>/others/", views_merge.others, name="inbox_others"),
    path("inbox/<int:number>/files/<int:position>/", views_files.of_desk, name="inbox_file"),
    path("inbox/<int:number>/<slug:verb>/", views_desk.move, name="inbox_move"),
]
