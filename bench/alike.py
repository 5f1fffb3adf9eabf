"""Whether time tells what an answer keeps to itself: that a code, or a person's number, exists at all.

Pairs that must look alike are asked in turn, none twice: a tracking code with a wrong phone beside a
code that nobody has; the number of somebody known to another town beside one that nobody has, looked
for and registered. `apart` is how far the two medians lie from each other, `noise` how far they lie by
chance (19 of 20 times, with the samples dealt out anew); all in microseconds.
"""

import logging
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import report
from bench.registry import fill
from bench.run import CITY, TOWN, own_house
from guanjia.kit import scope

PERSONS, TIMES = 200_000, 20
PAIRS = 600
AN_HOUR = 50  # registrations of one post, which the database bounds
WARM = 20  # pairs at the beginning that are not counted
DEALS = 400
TODAY = date(2020, 4, 1)
BORN = date(1961, 1, 1)
KINDS = ("code", "search", "register")
MOST_OF_NOISE = 3
CHANGING = re.compile(rb'(value|nonce)="[^"]*"|"X-CSRFToken": "[^"]*"')
"""What every page has of its own: the code that was typed, and what its form and its scripts go by."""
Look = Callable[[int], object]


def main() -> int:
    """Measure and print."""
    scale = report.options(__doc__ or "").scale
    logging.disable(logging.WARNING)  # of every code that is not found
    pairs = max(30, int(PAIRS * scale))
    with own_house():
        from django.conf import settings

        settings.GUANJIA_DEMO_DAY = TODAY
        os.environ["GUANJIA_DEMO_DAY"] = TODAY.isoformat()
        loaded = fill(max(2_000, int(PERSONS * scale) // TIMES), TIMES, indexed=True)
        figures: dict[str, float] = {"persons": loaded * TIMES, "pairs": pairs}
        right = True
        for kind, (known, unknown) in zip(KINDS, (*codes(pairs), *numbers(pairs)), strict=True):
            right = alike(known, unknown) and right
            figures |= apart(kind, known, unknown, pairs)
    bounds: dict[str, float] = {f"{kind}_apart_over_noise": MOST_OF_NOISE for kind in KINDS}
    return report.end("alike", figures, bounds, scale, right)


def apart(kind: str, known: Look, unknown: Look, pairs: int) -> dict[str, float]:
    """Ask both in turn; what lies between their medians, and what chance would put there."""
    order = Random(kind)
    spent: list[list[float]] = [[], []]
    for number in range(WARM, WARM + pairs):
        for which in order.sample((0, 1), 2):
            began = time.perf_counter()
            (known, unknown)[which](number)
            spent[which].append((time.perf_counter() - began) * 1e6)
    between = abs(report.median(spent[0]) - report.median(spent[1]))
    dealt, chance = spent[0] + spent[1], []
    for _deal in range(DEALS):
        order.shuffle(dealt)
        chance.append(abs(report.median(dealt[:pairs]) - report.median(dealt[pairs:])))
    noise = sorted(chance)[int(DEALS * 0.95)]
    return {
        f"{kind}_known_us": report.median(spent[0]),
        f"{kind}_unknown_us": report.median(spent[1]),
        f"{kind}_apart_us": between,
        f"{kind}_noise_us": noise,
        f"{kind}_apart_over_noise": between / noise,
    }


def alike(known: Look, unknown: Look) -> bool:
    """Warm the house with the first of each; whether both take as many statements and answer the same."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    taken = []
    for look in (known, unknown):
        for number in range(WARM - 1):
            look(number)
        with CaptureQueriesContext(connection) as asked:
            answer = look(WARM - 1)
        taken.append((answer, len(asked)))
    return taken[0] == taken[1]


def codes(pairs: int) -> Iterator[tuple[Look, Look]]:
    """Codes as the page of one's own matter is asked for them, each from an address of its own."""
    from django.conf import settings
    from django.core.cache import cache
    from django.test import Client

    from guanjia.cases import promises
    from guanjia.concerns.matters import actions, tracking
    from guanjia.concerns.rules import brand
    from guanjia.kit import clock
    from guanjia.web.house import static_files

    static_files.gather()
    folder = Path(settings.GUANJIA_CITY)
    known, promised = brand.load(folder), promises.load(folder)
    client = Client(HTTP_HOST="127.0.0.1")
    asked = {"category": next(iter(known.categories)), "text": "灯坏了。", "place": f"{TOWN}002"}
    for number in range(WARM + pairs):
        one = actions.NewConcern(f"{number:032x}", **asked, phone="13800000000", synthetic=True)
        actions.take_in(one, known, promised, "138****0000", clock.now())

    def look(form: int) -> tuple[int, bytes]:
        cache.clear()
        said = {"code": tracking.code_of(f"{form:032x}"), "phone": "13911112222"}
        answer = client.post("/case/", said)
        return answer.status_code, CHANGING.sub(b"", answer.content)

    yield look, lambda number: look(1_000_000 + number)


def numbers(pairs: int) -> Iterator[tuple[Look, Look]]:
    """Numbers of people of other towns and of nobody: looked for by a clerk, then registered."""
    from guanjia.kit import clock
    from guanjia.people import queries, registering
    from guanjia.people.documents import check_digit

    others, posts = of_others(WARM + pairs), clerks(2 * (WARM + pairs) // AN_HOUR + 1)
    first = f"441900{BORN:%Y%m%d}"
    nobody = [made + check_digit(made) for made in (f"{first}{n:03d}" for n in range(1000))]
    registered = iter(range(2 * (WARM + pairs)))

    def search(number: str) -> int:
        with scope.hold(posts[0][1]):
            return len(queries.by_document(number, TODAY))

    def register(number: str) -> bool:
        user, eyes = posts[next(registered) // AN_HOUR]
        said = registering.Stated("何金水", "1", BORN, "citizen", number, f"{TOWN}002")
        with scope.hold(eyes):
            return registering.register(said, user, clock.now()) > 0

    for does in (search, register):
        yield (
            lambda n, does=does: does(others[n]),  # type: ignore[misc]
            lambda n, does=does: does(nobody[n]),  # type: ignore[misc]
        )


def of_others(wanted: int) -> list[str]:
    """Numbers of people whom no desk of the town reaches, as they come in the register."""
    from guanjia.people import seal
    from guanjia.people.models import Person, Reach

    with scope.hold(scope.job("bench", CITY, TODAY)):
        mine = Reach.objects.filter(place__gte=TOWN, place__lt=TOWN + "~").values("person")
        found = Person.objects.filter(document_kind="citizen").exclude(pk__in=mine)
        return [seal.unseal(bytes(p.document_sealed or b"")) for p in found.order_by("pk")[:wanted]]


def clerks(wanted: int) -> list[tuple[int, scope.Scope]]:
    """Clerks of the town with their scopes."""
    from guanjia.staff.models import Post, User

    made = []
    for number in range(wanted):
        user = User.objects.create_user(f"clerk{number}", full_name="clerk")
        said = {"role": "town_clerk", "place_id": TOWN, "since": date(2019, 1, 1)}
        post = Post.objects.create(user=user, **said)
        made.append((user.pk, scope.staff(post.pk, "town_clerk", TOWN, TODAY)))
    return made


if __name__ == "__main__":
    sys.exit(main())
