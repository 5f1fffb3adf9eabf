"""Addresses of persons and households."""

from django.urls import path

from guanjia.web import people_views

urlpatterns = [
    path("people/", people_views.people, name="people"),
    path("people/<int:number>/", people_views.person, name="person"),
    path("people/households/<int:number>/", people_views.household, name="household"),
]
