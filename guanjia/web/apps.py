"""The front hall as a Django application: it owns templates and static files, no tables."""

from django.apps import AppConfig


class Web(AppConfig):
    """Base page, parts, sign-in, home."""

    name = "guanjia.web"
    label = "web"
