"""A process that sends the form of test_ask.py and stops, to be killed, when all is written and not committed."""

import django

from tests.entitlements.dying_worker import stops


def main() -> None:
    """Send the form; after the last of its rows nothing goes on."""
    django.setup()
    from django.test import Client

    from guanjia.concerns.matters import actions
    from tests.concerns.test_ask import SAID

    actions._write = stops(actions._write, 1)
    Client(SERVER_NAME="localhost").post("/ask/", {**SAID, "step": "3", "go": "send"})


if __name__ == "__main__":
    main()
