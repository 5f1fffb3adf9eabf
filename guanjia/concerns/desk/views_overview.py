"""督办: what waits, is late, was returned or reopened, by town and desk; every number leads to its cases."""

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from guanjia.cases import queries as case_queries
from guanjia.concerns.matters import queries, showing
from guanjia.kit import clock
from guanjia.people import words as people_words
from guanjia.places import queries as places
from guanjia.staff import gate
from guanjia.staff.roles import May

ASKED = {
    "waiting": {},
    "late": {"state": "late"},
    "urged": {"mark": "urged"},
    "returned": {"mark": "returned"},
    "reopened": {"mark": "reopened"},
}


@dataclass(slots=True)
class Line:
    """One desk, or a town with all its desks: a name, numbers and where each leads."""

    name: str
    desk: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ASKED, 0))
    desks: "list[Line]" = field(default_factory=list)

    @property
    def cells(self) -> list[tuple[str, int, str]]:
        """What, how many, the list of them."""
        inbox = reverse("inbox")
        return [
            (what, count, f"{inbox}?{urlencode({'desk': self.desk, **ASKED[what]})}")
            for what, count in self.counts.items()
        ]

    def add(self, other: dict[str, int]) -> None:
        """Count what another line has, too."""
        for what in self.counts:
            self.counts[what] += other[what]


@require_safe
@gate.may(May.HANDLE_CASES)
def overview(request: HttpRequest) -> HttpResponse:
    """Towns of the city, or desks of a town: those with most that is late first."""
    post, at = gate.post_of(request), clock.now()
    rows = queries.by_desk(post, at)
    names = places.names(row["desk_id"] for row in rows)
    digits = places.TOWN if len(post.place_id) == places.CITY else places.COMMUNITY
    towns: dict[str, Line] = {}
    whole = Line(people_words.place_words(post.place_id, names), f"{post.place_id}{queries.BELOW}")
    for row in rows:
        code = row["desk_id"]
        above = code[:digits]
        if above not in towns:
            below = queries.BELOW if len(above) == places.TOWN and digits == places.TOWN else ""
            name = showing.desk(above, names) if not below else names.get(above, above)
            towns[above] = Line(str(name), f"{above}{below}")
        counts = {what: row[what] for what in ASKED}
        towns[above].add(counts)
        towns[above].desks.append(Line(showing.desk(code, names), code, counts))
        whole.add(counts)
    ordered = sorted(towns.values(), key=lambda line: (-line.counts["late"], line.desk))
    shown = {
        "whole": whole,
        "lines": ordered,
        "at": at,
        "stopped": case_queries.stopped(at),
        "nothing": not rows,
    }
    return render(request, "concerns/overview.html", shown)
