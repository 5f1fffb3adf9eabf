"""Addresses of the bank's side of a month: sending, returns, what failed, what was too much."""

from django.urls import path

from guanjia.web import bank_views, overpaid_views

urlpatterns = [
    path("bank/", bank_views.returns_page, name="bank"),
    path("bank/returns/<int:number>/", bank_views.one_return, name="bank_return"),
    path("bank/failures/", bank_views.failures, name="bank_failures"),
    path("bank/failures/<int:number>/", bank_views.failure, name="bank_failure"),
    path("bank/accounts/<int:number>/", bank_views.decide_account, name="decide_account"),
    path("runs/<int:number>/bank/", bank_views.sending, name="sending"),
    path("runs/<int:number>/bank/send/", bank_views.send, name="send_run"),
    path("holds/<int:number>/", bank_views.decide_hold, name="decide_hold"),
    path("overpayments/", overpaid_views.overpayments, name="overpayments"),
    path("overpayments/<int:number>/", overpaid_views.overpayment, name="overpayment"),
]
