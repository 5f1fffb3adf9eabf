"""The code to scan on a slip: an inline drawing, so that no other address is asked for it.

Where a phone was left, the code alone opens nothing and may stand in an address; a code that opens a
matter by itself never does.
"""

import segno
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

SCALE = 4


def address(request: HttpRequest, code: str, phone_asked: bool) -> str:
    """Where the drawing leads."""
    url = request.build_absolute_uri(reverse("case"))
    return f"{url}?{urlencode({'code': code})}" if phone_asked else url


def look_up(request: HttpRequest, code: str, phone_asked: bool) -> SafeString:
    """The drawing, as SVG without styles: the page's policy allows none."""
    drawn = segno.make(address(request, code, phone_asked), error="m", micro=False)
    # Made here of our own address: nothing of it is anybody's text.
    return mark_safe(drawn.svg_inline(scale=SCALE, border=2, svgclass=None, lineclass=None))  # noqa: S308
