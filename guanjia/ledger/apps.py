"""The room of the ledger."""

from django.apps import AppConfig


class Ledger(AppConfig):
    """Accounts, entries, transfers."""

    name = "guanjia.ledger"
    label = "ledger"
