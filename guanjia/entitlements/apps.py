"""The room of entitlements."""

from django.apps import AppConfig


class Entitlements(AppConfig):
    """Book revisions, awards, runs, determinations, leads, bank files."""

    name = "guanjia.entitlements"
    label = "entitlements"

    def ready(self) -> None:
        """What of this room may be open at a desk."""
        from guanjia.entitlements import desk_work

        desk_work.register()
