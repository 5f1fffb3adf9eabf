"""The room of entitlements."""

from typing import cast

from django.apps import AppConfig
from procrastinate.contrib.django import app


class Entitlements(AppConfig):
    """Book revisions, awards, runs, determinations, leads, bank files."""

    name = "guanjia.entitlements"
    label = "entitlements"

    def ready(self) -> None:
        """The worker finds the job that ends a month by its name: its room stands above this one."""
        cast("list[str]", app.import_paths).append("guanjia.interop.bank_tasks")
