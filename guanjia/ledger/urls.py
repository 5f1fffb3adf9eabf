"""Addresses of the ledger."""

from django.urls import path

from guanjia.ledger import views

urlpatterns = [
    path("ledger/", views.ledger, name="ledger"),
    path("ledger/audit/", views.audit, name="audit"),
    path("ledger/accounts/<int:number>/", views.account, name="account"),
    path("ledger/entries/<int:number>/", views.entry, name="entry"),
]
