"""Template words for benefits: a code's title in the book that is in use."""

from django import template
from django.template import Context

from guanjia.web import the_book

register = template.Library()
KEPT = "_benefit_titles"


@register.simple_tag(takes_context=True)
def benefit(context: Context, code: str) -> str:
    """`dibao` → `最低生活保障`; a code that the book does not have stays as it is.

    The titles are read once a page: they are kept on the request.
    """
    request = getattr(context, "request", None)
    titles: dict[str, str] | None = getattr(request, KEPT, None)
    if titles is None:
        chapters = the_book.shown().book.chapters
        titles = {c.code: c.title for c in chapters}
        if request is not None:
            setattr(request, KEPT, titles)
    return titles.get(code, code)
