"""Addresses of persons and households."""

from django.urls import path

from guanjia.web.people import read_views, views

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/<int:number>/", views.person, name="person"),
    path("people/<int:number>/looked/", read_views.looked, name="looked"),
    path("people/<int:number>/numbers/", read_views.numbers, name="numbers"),
    path("inbox/<int:number>/phone/", read_views.phone, name="inbox_phone"),
    path("reads/", read_views.reads, name="reads"),
    path("people/households/<int:number>/", views.household, name="household"),
]
