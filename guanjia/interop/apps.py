"""The room of other systems: bank files, import and export."""

from django.apps import AppConfig


class Interop(AppConfig):
    """Imports of a bureau's own files, and what they wrote."""

    name = "guanjia.interop"
    label = "interop"
