"""Addresses of the bank's side of a month: sending, returns, what failed, what was too much."""

from django.urls import path

from guanjia.web.bank import overpaid_views, views

urlpatterns = [
    path("bank/", views.returns_page, name="bank"),
    path("bank/returns/<int:number>/", views.one_return, name="bank_return"),
    path("bank/failures/", views.failures, name="bank_failures"),
    path("bank/failures/<int:number>/", views.failure, name="bank_failure"),
    path("bank/accounts/<int:number>/", views.decide_account, name="decide_account"),
    path("runs/<int:number>/bank/", views.sending, name="sending"),
    path("runs/<int:number>/bank/send/", views.send, name="send_run"),
    path("holds/<int:number>/", views.decide_hold, name="decide_hold"),
    path("overpayments/", overpaid_views.overpayments, name="overpayments"),
    path("overpayments/<int:number>/", overpaid_views.overpayment, name="overpayment"),
]
