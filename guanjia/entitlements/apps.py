"""The room of entitlements."""

from django.apps import AppConfig


class Entitlements(AppConfig):
    """Book revisions, awards, runs, determinations, leads, bank files."""

    name = "guanjia.entitlements"
    label = "entitlements"
