"""Addresses of what-ifs and of proposals to change the book."""

from django.urls import path

from guanjia.web.what_if import proposal_views, views

urlpatterns = [
    path("what-if/", views.what_ifs, name="what_ifs"),
    path("what-if/new/", views.ask, name="ask_what_if"),
    path("what-if/<int:number>/", views.what_if, name="what_if"),
    path("what-if/<int:number>/progress/", views.progress, name="what_if_progress"),
    path("what-if/<int:number>/cancel/", views.cancel, name="cancel_what_if"),
    path("what-if/<int:number>/figures.csv", views.figures_csv, name="what_if_csv"),
    path("what-if/<int:number>/propose/", proposal_views.propose, name="propose_what_if"),
    path("what-if/proposals/<int:number>/", proposal_views.proposal, name="proposal"),
    path("what-if/proposals/<int:number>/adopt/", proposal_views.adopt, name="adopt_proposal"),
    path("what-if/proposals/<int:number>/reject/", proposal_views.reject, name="reject_proposal"),
    path(
        "what-if/proposals/<int:number>/withdraw/",
        proposal_views.withdraw,
        name="withdraw_proposal",
    ),
]
