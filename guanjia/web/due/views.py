"""我能享受什么: what a family is due, asked and answered without an account; nothing is kept."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guanjia.kit import clock
from guanjia.policy.book import Book, BookError
from guanjia.web.book import the_book
from guanjia.web.due import answers as due_answers
from guanjia.web.due import pages, words
from guanjia.web.due import sheet as due_sheet
from guanjia.web.due.answers import BadAnswer
from guanjia.web.due.sheet import Sheet

PLACES = range(1, words.MOST_PEOPLE)
OPEN_PLACES = 3  # so many choices stand open; more are folded


@require_http_methods(["GET", "HEAD", "POST"])
def due(request: HttpRequest) -> HttpResponse:
    """One screen after the other; the answers come with each form and go with each page."""
    try:
        book = the_book.shown().book
    except BookError as error:
        return render(request, "book_broken.html", {"problems": error.problems}, status=503)
    if request.method != "POST":
        return _first(request, [words.SELF])
    go, today = request.POST.get("go", ""), clock.today()
    if go in ("start", "open") or not (request.POST.get("now") or request.POST.get("done")):
        return _begin(request, book, today, go)
    try:
        sheet = due_sheet.read(book, today, request.POST)
        return _move(request, book, today, sheet, go)
    except BadAnswer as problem:
        return render(request, "due/wrong.html", {"why": problem}, status=400)


def _begin(request: HttpRequest, book: Book, today: date, go: str) -> HttpResponse:
    """Out of the first screen: with who lives together, or with a saved link."""
    form = request.POST
    chosen = form.getlist("kin")[: words.MOST_PEOPLE + 1] or [words.SELF]
    if go not in ("start", "open"):
        return _first(request, chosen, later=form.get("later", ""))
    try:
        if go == "open":
            opened = due_sheet.of_saved(form.get("saved", ""))
            return _opened(request, book, today, due_sheet.read(book, today, opened))
        sheet = Sheet(due_sheet.kin_of(chosen))
        later = due_sheet.unpack(book, words.MOST_PEOPLE, form.get("later", ""))
    except BadAnswer as problem:
        return _first(request, chosen, str(problem), form.get("saved", ""))
    was = form.getlist("was")
    same = {unit for unit, code in enumerate(sheet.kin) if was[unit : unit + 1] == [code]}
    sheet.later = {key: text for key, text in later.items() if key[1] in same or key[1] < 0}
    return _onward(request, book, today, sheet)


def _opened(request: HttpRequest, book: Book, today: date, sheet: Sheet) -> HttpResponse:
    """A saved link: its answer or, where somebody changed the link, what cannot be in it."""
    wrong = due_sheet.contradictions(book, today, sheet)
    if not wrong:
        return _onward(request, book, today, sheet)
    due_sheet.reopen(sheet, wrong)
    return _screen(request, book, sheet, wrong)


def _move(request: HttpRequest, book: Book, today: date, sheet: Sheet, go: str) -> HttpResponse:
    """Back, on, or the same screen again. Raises BadAnswer."""
    if go == "back":
        return _back(request, book, sheet, len(sheet.done) - 1)
    if go.startswith("step-") and go[5:].isdecimal() and int(go[5:]) < len(sheet.done):
        return _back(request, book, sheet, int(go[5:]))
    if go == "next" and sheet.now:
        wrong = due_sheet.mistakes(book, today, sheet)
        if wrong:
            due_sheet.reopen(sheet, wrong)
            return _screen(request, book, sheet, wrong)
        sheet.step_on()
    elif sheet.now:
        return _screen(request, book, sheet, {})
    return _onward(request, book, today, sheet, link=go == "link")


def _back(request: HttpRequest, book: Book, sheet: Sheet, to: int) -> HttpResponse:
    if to < 0:
        sheet.step_back(0)
        return _first(request, sheet.kin, later=due_sheet.pack(sheet.later))
    sheet.step_back(to)
    return _screen(request, book, sheet, {})


def _onward(
    request: HttpRequest, book: Book, today: date, sheet: Sheet, link: bool = False
) -> HttpResponse:
    """The next questions, or the answer where there are none."""
    sheet.now = pages.next_questions(book, today, sheet)
    if sheet.now:
        return _screen(request, book, sheet, {})
    address = request.build_absolute_uri(reverse("due"))
    page = _kept(sheet) | {
        "found": pages.found(book, today, sheet),
        "said": pages.said(book, today, sheet),
        "assumed": pages.assumed(book),
        "month": pages.month_of(today),
        "link": f"{address}#{due_sheet.saved(sheet)}" if link else "",
    }
    return render(request, "due/result.html", page)


def _screen(
    request: HttpRequest, book: Book, sheet: Sheet, wrong: dict[tuple[str, int], str]
) -> HttpResponse:
    page = _kept(sheet) | {
        "screen": pages.screen(book, sheet),
        "groups": pages.groups(book, sheet, wrong),
        "mistakes": len(wrong),
    }
    return render(request, "due/screen.html", page)


def _kept(sheet: Sheet) -> dict[str, object]:
    """What travels in the hidden fields of the next form."""
    return {
        "kin": sheet.kin,
        "done": [due_sheet.pack(answers) for answers in sheet.done],
        "later": due_sheet.pack(sheet.later),
        "now": " ".join(due_answers.field(key) for key in sheet.now),
    }


def _first(
    request: HttpRequest, kin: list[str], wrong: str = "", saved: str = "", later: str = ""
) -> HttpResponse:
    chosen = [*kin[1:], *[""] * len(PLACES)]
    rows = [(place + 1, _("第 %(n)d 位") % {"n": place + 1}, chosen[place - 1]) for place in PLACES]
    page = {
        "rows": rows[:OPEN_PLACES],
        "more": rows[OPEN_PLACES:],
        "more_open": any(code for _place, _word, code in rows[OPEN_PLACES:]),
        "choices": [(code, kin.word) for code, kin in words.KIN.items() if code != words.SELF],
        "wrong": wrong,
        "saved": saved,
        "was": kin,
        "later": later,
    }
    return render(request, "due/first.html", page)
