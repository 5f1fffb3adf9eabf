"""派单表: the rows in force, what is wrong with them, and a dry run over last year's matters."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from guanjia.concerns.intake import dry_run
from guanjia.concerns.intake.dry_run import DryRun
from guanjia.concerns.intake.forms import TryTable
from guanjia.concerns.matters import showing
from guanjia.concerns.matters.city import the_brand
from guanjia.concerns.rules import brand as brands
from guanjia.concerns.rules import routing
from guanjia.concerns.rules.brand import Brand
from guanjia.concerns.rules.routing import ANY, Conflict, Flaws, Route, RoutingError, Table
from guanjia.kit import clock
from guanjia.people import words as people_words
from guanjia.places import queries as places
from guanjia.policy import words
from guanjia.staff import gate
from guanjia.staff.roles import May

YEAR = timedelta(days=365)
LEVELS = {
    "city": gettext_lazy("市级"),
    "town": gettext_lazy("镇街"),
    "community": gettext_lazy("村（社区）"),
}


@dataclass(frozen=True, slots=True)
class RowShown:
    """One row of the table in words. `stands`: '' | unreachable | over | conflict."""

    number: int
    what: str
    place: str
    when: str
    desk: str
    department: str
    why: str
    stands: str


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.HANDLE_CASES)
def table(request: HttpRequest) -> HttpResponse:
    """The table in force; with `try`, or with another table as text, a dry run. Nothing is kept."""
    known = the_brand()
    tried, form, status = known.table, TryTable(initial={"text": written(known.table)}), 200
    if request.method == "POST":
        form = TryTable(request.POST)
        try:
            tried = _typed(form, known)
        except RoutingError as refused:
            form.add_error("text", str(refused))
        status = 200 if form.is_valid() else 400
    at = clock.now()
    runs = request.GET.get("try") == "year" or (request.method == "POST" and form.is_valid())
    page = described(tried, known, clock.today()) | {
        "form": form,
        "other": request.method == "POST" and form.is_valid(),
        "run": _run_shown(dry_run.tried(tried, at - YEAR, at), known) if runs else None,
    }
    return render(request, "concerns/routing.html", page, status=status)


def _typed(form: TryTable, known: Brand) -> Table:
    if not form.is_valid():
        return known.table
    found = routing.read_text(form.cleaned_data["text"])
    brands.refuse_unknown(found, known)
    return found


def flaws_of(tried: Table, known: Brand, on: date) -> Flaws:
    """What is wrong with a table, over every place of the city, from `on` onwards."""
    codes = [p.code for p in places.under(known.city) if len(p.code) > places.CITY]
    policies = {p.code: p.category for p in known.register.policies.values()}
    return routing.flaws(tried, policies, list(known.categories), codes, on)


def described(tried: Table, known: Brand, on: date) -> dict[str, Any]:
    """A table in words, with what is wrong with it."""
    found = flaws_of(tried, known, on)
    names = places.names(
        [*(r.place for r in tried.routes), *(c.asked.place for c in found.conflicts)]
    )
    stands = dict.fromkeys(found.over, "over") | dict.fromkeys(found.unreachable, "unreachable")
    stands |= {n: "conflict" for c in found.conflicts for n in (c.one, c.other)}
    return {
        "rows": [
            _row(n, row, known, names, stands.get(n, "")) for n, row in enumerate(tried.routes)
        ],
        "fallback": LEVELS[tried.fallback],
        "flaws": found,
        "conflicts": [_conflict(c, known, names) for c in found.conflicts],
    }


def _row(number: int, row: Route, known: Brand, names: dict[str, str], stands: str) -> RowShown:
    department = known.register.departments.get(row.department)
    return RowShown(
        number=number + 1,
        what=what(row, known),
        place=people_words.place_words(row.place, names) if row.place else _("全市"),
        when=when(row),
        desk=str(LEVELS[row.desk]),
        department=str(department) if department else "",
        why=row.why,
        stands=stands,
    )


def what(row: Route, known: Brand) -> str:
    """A row's category or policy in words."""
    if row.policy:
        name = known.register.policies.get(row.policy, row.policy)
        return _("政策：%(name)s") % {"name": name}
    return (
        _("各类") if row.category == ANY else str(known.categories.get(row.category, row.category))
    )


def when(row: Route) -> str:
    """A row's days and hours in words; '' where it holds always."""
    parts = []
    if row.since:
        parts.append(_("%(day)s起") % {"day": words.day(row.since)})
    if row.until:
        last = row.until - timedelta(days=1)
        parts.append(_("%(day)s止") % {"day": words.day(last)})
    if row.hours:
        parts.append(f"{row.hours[0]:%H:%M}–{row.hours[1]:%H:%M}")
    return " · ".join(parts)


def _conflict(found: Conflict, known: Brand, names: dict[str, str]) -> str:
    asked = found.asked
    return _(
        "第 %(one)d 行和第 %(other)d 行一样具体，%(place)s的“%(what)s”两行都管，派向不同。"
    ) % {
        "one": found.one + 1,
        "other": found.other + 1,
        "place": people_words.place_words(asked.place, names),
        "what": known.register.policies.get(asked.policy) or known.categories[asked.category],
    }


def _run_shown(run: DryRun, known: Brand) -> dict[str, Any]:
    names = places.names(code for _n, m, was, goes in run.first for code in (m.place, was, goes))
    called = known.categories
    return {
        "read": run.read,
        "moved": run.moved,
        "capped": run.capped,
        "ways": [
            (called.get(way.category, way.category), LEVELS[way.was], LEVELS[way.goes], count)
            for way, count in run.ways.most_common(30)
        ],
        "first": [
            (
                *(number, called.get(asked.category, asked.category)),
                people_words.place_words(asked.place, names),
                *(showing.desk(was, names), showing.desk(goes, names)),
            )
            for number, asked, was, goes in run.first
        ],
    }


def written(tried: Table) -> str:
    """A table as the file has it, to be changed and tried."""
    lines = ["[fallback]", f'desk = "{tried.fallback}"', ""]
    for row in tried.routes:
        said = {"policy": row.policy} if row.policy else {"category": row.category}
        said |= {"place": row.place, "desk": row.desk}
        said |= {"department": row.department} if row.department else {}
        said |= {"why": row.why} if row.why else {}
        lines += ["[[route]]", *(f'{name} = "{value}"' for name, value in said.items())]
        lines += [f"since = {row.since}"] if row.since else []
        lines += [f"until = {row.until}"] if row.until else []
        lines += [f'hours = "{row.hours[0]:%H:%M}-{row.hours[1]:%H:%M}"'] if row.hours else []
        lines.append("")
    return "\n".join(lines)
