"""The room of places."""

from django.apps import AppConfig


class Places(AppConfig):
    """City, towns, communities, facilities."""

    name = "guanjia.places"
    label = "places"
