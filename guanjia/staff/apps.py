"""The room of staff."""

from django.apps import AppConfig


class Staff(AppConfig):
    """Users, posts, roles, the gate."""

    name = "guanjia.staff"
    label = "staff"
