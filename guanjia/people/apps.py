"""The room of people."""

from django.apps import AppConfig


class People(AppConfig):
    """Persons, households, facts, reach."""

    name = "guanjia.people"
    label = "people"
