"""The room of concerns."""

from django.apps import AppConfig


class Concerns(AppConfig):
    """What residents ask."""

    name = "guanjia.concerns"
    label = "concerns"

    def ready(self) -> None:
        """Name what may be open at a desk."""
        from guanjia.concerns import desk_work

        desk_work.register()  # and how their askers are reached
