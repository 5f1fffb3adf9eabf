"""Template words for benefits: a code's title in the book that is in use."""

from django import template
from django.template import Context

from guanjia.policy.chapter import Chapter
from guanjia.web.book import the_book
from guanjia.web.templatetags.guanjia import per as often

register = template.Library()
KEPT = "_chapters"


@register.simple_tag(takes_context=True)
def benefit(context: Context, code: str) -> str:
    """`dibao` → `最低生活保障`; a code that the book does not have stays as it is."""
    chapter = _chapters(context).get(code)
    return chapter.title if chapter else code


@register.simple_tag(takes_context=True)
def per(context: Context, code: str) -> str:
    """How often a benefit is paid, after a sum: `/月`; nothing for one that the book does not have."""
    chapter = _chapters(context).get(code)
    return often(chapter.cadence) if chapter else ""


def _chapters(context: Context) -> dict[str, Chapter]:
    """The chapters by code, read once a page: they are kept on the request."""
    request = getattr(context, "request", None)
    chapters: dict[str, Chapter] | None = getattr(request, KEPT, None)
    if chapters is None:
        chapters = {c.code: c for c in the_book.shown().book.chapters}
        if request is not None:
            setattr(request, KEPT, chapters)
    return chapters
