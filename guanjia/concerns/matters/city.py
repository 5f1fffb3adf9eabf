"""What this house's city calls its ways of help, and what it promises: read from its folder."""

from pathlib import Path

from django.conf import settings

from guanjia.cases import promises
from guanjia.cases.promises import Promises
from guanjia.concerns.rules import brand
from guanjia.concerns.rules.brand import Brand


def the_brand() -> Brand:
    """The brand of this house's city."""
    return brand.load(Path(settings.GUANJIA_CITY))


def the_promises() -> Promises:
    """The promises of this house's city."""
    return promises.load(Path(settings.GUANJIA_CITY))
