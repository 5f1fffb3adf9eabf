"""Addresses of persons and households."""

from django.urls import path

from guanjia.web import people_views, read_views

urlpatterns = [
    path("people/", people_views.people, name="people"),
    path("people/<int:number>/", people_views.person, name="person"),
    path("people/<int:number>/looked/", read_views.looked, name="looked"),
    path("people/<int:number>/numbers/", read_views.numbers, name="numbers"),
    path("inbox/<int:number>/phone/", read_views.phone, name="inbox_phone"),
    path("reads/", read_views.reads, name="reads"),
    path("people/households/<int:number>/", people_views.household, name="household"),
]
