"""The room of concerns."""

from django.apps import AppConfig


class Concerns(AppConfig):
    """What residents ask."""

    name = "guanjia.concerns"
    label = "concerns"
