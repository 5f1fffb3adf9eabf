"""The room of staff."""

from django.apps import AppConfig


class Staff(AppConfig):
    """Users, posts, roles, the gate."""

    name = "guanjia.staff"
    label = "staff"

    def ready(self) -> None:
        """Name what may be open at a desk."""
        from guanjia.staff import desk_work

        desk_work.register()
