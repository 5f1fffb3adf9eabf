"""Addresses of runs, leads and explanations."""

from django.urls import path

from guanjia.entitlements.bank import views as views_bank
from guanjia.entitlements.leads import views as views_leads
from guanjia.entitlements.runs import views as views_runs
from guanjia.entitlements.why import views as views_why

urlpatterns = [
    path("why/<int:number>/", views_why.stored, name="why"),
    path("people/<int:number>/why/<slug:benefit>/", views_why.now, name="why_now"),
    path("leads/", views_leads.leads, name="leads"),
    path("leads/confirm/", views_leads.settle_many, name="settle_many"),
    path("leads/<int:number>/", views_leads.lead, name="lead"),
    path("runs/", views_runs.runs, name="runs"),
    path("runs/ask/", views_runs.ask, name="ask_run"),
    path("runs/<int:number>/", views_runs.run, name="run"),
    path("runs/<int:number>/progress/", views_runs.progress, name="run_progress"),
    path("runs/<int:number>/approve/", views_runs.approve, name="approve_run"),
    path("runs/<int:number>/reject/", views_runs.reject, name="reject_run"),
    path("runs/<int:number>/cancel/", views_runs.cancel, name="cancel_run"),
    path("runs/<int:number>/retry/", views_runs.retry, name="retry_run"),
    path("runs/<int:number>/<slug:what>/", views_runs.units_of, name="run_units"),
    path("bank-files/<int:number>/", views_bank.bank_file, name="bank_file"),
]
