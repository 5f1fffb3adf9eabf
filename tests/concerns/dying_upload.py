"""A process that sends a form with a photo and stops, to be killed, when its file lies and no row is committed."""

import sys
from pathlib import Path

import django

from tests.entitlements.dying_worker import stops


def main() -> None:
    """Send the form; after the file's row nothing goes on."""
    django.setup()
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client

    from guanjia.cases import attaching
    from tests.cases.photos import photo
    from tests.concerns.test_ask import SAID

    settings.GUANJIA_FILES = Path(sys.argv[1])
    attaching.attach = stops(attaching.attach, 1)
    given = SimpleUploadedFile("a.jpg", photo())
    Client(SERVER_NAME="localhost").post(
        "/ask/", {**SAID, "step": "3", "go": "send", "files": [given]}
    )


if __name__ == "__main__":
    main()
