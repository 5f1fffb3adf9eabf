"""The policy book in public: its chapters, and each chapter with all that it rests on."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.kit import clock
from guanjia.places import queries as places
from guanjia.policy.book import BookError
from guanjia.web.book import pages, the_book


@require_safe
def book(request: HttpRequest) -> HttpResponse:
    """Every chapter with what it pays today, and how benefits meet."""
    try:
        shown = the_book.shown()
    except BookError as error:
        return render(request, "book_broken.html", {"problems": error.problems}, status=503)
    page = {
        "shown": shown,
        "benefits": the_book.benefits(shown.book, clock.today()),
        "relations": pages.relations(shown.book),
    }
    return render(request, "book.html", page)


@require_safe
def chapter(request: HttpRequest, code: str) -> HttpResponse:
    """One chapter: figures over time, sentences, amounts, relations, examples, the text itself."""
    today = clock.today()
    try:
        shown = the_book.shown()
        found = shown.book.chapter(code)
    except BookError as error:
        return render(request, "book_broken.html", {"problems": error.problems}, status=503)
    except KeyError:
        raise Http404(_("政策簿里没有这一章。")) from None
    figures = pages.figures(found, today)
    page = {
        "shown": shown,
        "chapter": found,
        "benefit": the_book.benefit(shown.book, found, today),
        "terms": pages.terms(found),
        "figures": figures,
        "steady": [figure for figure in figures if figure.chart is None],
        "towns": places.names({row.where for figure in figures for row in figure.rows} - {""}),
        "conditions": pages.sentences(shown.book, found, found.conditions, today),
        "amounts": pages.sentences(shown.book, found, found.amounts, today),
        "defines": pages.defines(shown.book, found),
        "relations": pages.relations(shown.book, code),
        "examples": pages.examples_page(shown.book, found, today, get_language()),
    }
    return render(request, "chapter.html", page)
