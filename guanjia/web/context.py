"""What every page knows: the day, the post one acts in, whether the data are synthetic."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from guanjia import __version__
from guanjia.kit import clock
from guanjia.staff import gate, idle
from guanjia.staff.models import Post
from guanjia.staff.roles import SECOND_FACTOR, May


def hall(request: HttpRequest) -> dict[str, Any]:
    """Context of the base page."""
    post: Post | None = getattr(request, "post", None)
    user = getattr(request, "user", None)  # none yet where a request is refused at the door
    return {
        # Public pages stand in the staff's frame for staff, in a plain one for everybody else.
        "layout": "base.html" if user and user.is_authenticated else "resident.html",
        "today": clock.today(),
        "demo": settings.GUANJIA_DEMO_DAY is not None,
        "synthetic": settings.GUANJIA_DEMO_SYNTHETIC,
        "mail": bool(settings.EMAIL_HOST),
        "post": post,
        "second_factor": post is not None and post.role in SECOND_FACTOR,
        "kept": idle.kept_for(request),
        "posts": getattr(request, "posts", []),
        "may": {what.value: gate.allows(request, what) for what in May},
        "version": __version__,
    }
