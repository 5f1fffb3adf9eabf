"""The room of cases."""

from django.apps import AppConfig


class Cases(AppConfig):
    """Cases, their timeline, their clocks."""

    name = "guanjia.cases"
    label = "cases"
