"""A process that sends what is to be told and stops, to be killed, when the carrier has it and nothing is marked."""

import sys
from datetime import datetime
from pathlib import Path

import django

from tests.entitlements.dying_worker import stops


def main() -> None:
    """Send; after the first message nothing goes on."""
    django.setup()
    from django.conf import settings

    from guanjia.cases import askers, tasks, telling

    settings.GUANJIA_FILES = Path(sys.argv[1])
    askers.PHONES["concern"] = lambda _case: "13800001234"
    telling.carry = stops(telling.carry, 1)
    tasks.send_at(datetime.fromisoformat(sys.argv[2]))


if __name__ == "__main__":
    main()
