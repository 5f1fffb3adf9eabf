"""The front hall as a Django application: it owns templates and static files, no tables."""

from django.apps import AppConfig

from guanjia.policy import words
from guanjia.web.tongues import speaking


class Web(AppConfig):
    """Base page, parts, sign-in, home."""

    name = "guanjia.web"
    label = "web"

    def ready(self) -> None:
        """Explanations speak the language of the page."""
        words.speak_with(speaking.SPEAKER)
