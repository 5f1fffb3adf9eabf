"""What every page knows: the day, the post one acts in, whether the data are synthetic."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from guanjia import __version__
from guanjia.kit import clock
from guanjia.staff import gate
from guanjia.staff.roles import May


def hall(request: HttpRequest) -> dict[str, Any]:
    """Context of the base page."""
    return {
        "today": clock.today(),
        "demo": settings.GUANJIA_DEMO_DAY is not None,
        "post": getattr(request, "post", None),
        "posts": getattr(request, "posts", []),
        "may": {what.value: gate.allows(request, what) for what in May},
        "version": __version__,
    }
