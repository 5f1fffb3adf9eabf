"""A town's inbox over a million cases, and the public form: ask, list, open, and a flood meanwhile.

The real server with two processes, row security on. Sixteen clerks of one town list and open, each
again a second after the last answer; new requests come in by the public form from many addresses; then
one address floods the form while the clerks go on. Beside them: a bare look along the primary key.
"""

import os
import secrets
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

from django.db.models import DateTimeField

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import report
from bench.desk import PAUSE, QUERIES, USERS, ask, is_question, p95, serving
from bench.registry import as_owner
from bench.run import CITY, TOWN, own_house
from guanjia.kit import scope

CASES, EACH, NEW = 1_000_000, 30, 2400
BASES, OPEN_EVERY = 60, 10
SENDERS, OF_ONE_ADDRESS = 4, 15
TABLES = ("cases_case", "concerns_concern", "cases_clock", "cases_event", "cases_rating")
SHIFTED = {"case": "20 minutes", "open": "2 seconds"}
"""How much older each copy is: a closed one, so that they fill some months; one that is open, some hours."""


def main() -> int:
    """Measure and print."""
    scale = report.options(__doc__ or "").scale
    with own_house():
        os.environ.pop("GUANJIA_DEMO_DAY", None)
        loaded = fill(max(2_000, int(CASES * scale)))
        session, numbers = a_clerk()
        each = max(2, int(EACH * scale))
        with serving() as port:
            figures: dict[str, float] = {"cases": loaded, "users": USERS}
            figures |= worked(port, session, numbers, each, "")
            figures |= arriving(port, max(40, int(NEW * scale)))
            flooding = threading.Event()
            flood = threading.Thread(target=flooded, args=(port, flooding))
            flood.start()
            figures |= worked(port, session, numbers, each, "_in_flood")
            flooding.set()
            flood.join()
            figures["scoreboard_ms"] = p95([ask_once(port, "/scoreboard/") for _n in range(20)])
        figures["queries"] = queries(numbers)
        figures["bare_look_p95_ms"] = p95(bare(numbers))
    bounds: dict[str, float] = {
        "inbox_p95_ms": 100,
        "case_p95_ms": 120,
        "inbox_p95_ms_in_flood": 100,
        "case_p95_ms_in_flood": 120,
        "queries": QUERIES,
        "ms_between_new": 1000 / 60,
        "new_cpu_ms": 15,
    }
    right = figures["missed"] + figures["missed_in_flood"] + figures["refused"] == 0
    return report.end("matters", figures, bounds, scale, right)


def fill(wanted: int) -> int:
    """Some cases by the verbs themselves, then copies of their rows; returns how many there are."""
    from guanjia.concerns.models import Concern
    from guanjia.places.models import Place

    begun = some()
    with scope.hold(scope.job("bench", CITY, begun.date())):
        codes = list(Place.objects.filter(code__regex="^.{12}$").values_list("code", flat=True))
        made = Concern.objects.count()
    times = wanted // made
    with as_owner() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("CREATE TEMPORARY TABLE base AS SELECT id, closed_at FROM cases_case")
        cursor.execute(
            "CREATE TEMPORARY TABLE spot AS SELECT row_number() OVER () - 1 AS n, code "
            "FROM unnest(%s::text[]) AS code",
            [codes],
        )
        for table in TABLES:
            cursor.execute(copying(table), {"times": times, "spots": len(codes)})
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('cases_case', 'id'), max(id)) FROM cases_case"
        )
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        cursor.execute(f"ANALYZE {', '.join(TABLES)}")
    return made * (times + 1)


def some() -> datetime:
    """Cases of every stage at places of the city, made as people make them; returns when."""
    from django.conf import settings

    from guanjia.cases import promises
    from guanjia.cases.actions import By
    from guanjia.concerns.matters import actions
    from guanjia.concerns.rules import brand
    from guanjia.kit import clock
    from guanjia.places.models import Place
    from guanjia.staff.models import Post, User

    known = brand.load(Path(settings.GUANJIA_CITY))
    promised = promises.load(Path(settings.GUANJIA_CITY))
    clerk = User.objects.create_user("desk", full_name="desk")
    post = Post.objects.create(user=clerk, role="city_clerk", place_id=CITY, since="2019-01-01")
    now = clock.now()
    places = list(Place.objects.filter(code__startswith=TOWN, code__regex="^.{12}$"))
    kinds = list(known.categories)
    for number in range(BASES):
        asked = actions.NewConcern(
            form=f"{number:032x}",
            category=kinds[number % len(kinds)],
            text=f"门口的路灯不亮，晚上看不见路。{number}",
            place=places[number % len(places)].code,
            phone="13800000000",
            synthetic=True,
        )
        actions.take_in(asked, known, promised, "138****0000", now - timedelta(days=3))
        if number % OPEN_EVERY:
            answered(asked.key, By(clerk, post), now)
    return now


def answered(key: str, by: Any, now: datetime) -> None:
    """Accepted, answered, rated and so closed."""
    from django.conf import settings

    from guanjia.cases import actions, promises
    from guanjia.cases.actions import Given
    from guanjia.cases.models import Case
    from guanjia.concerns.rules.workflow import CONCERN

    promised = promises.load(Path(settings.GUANJIA_CITY))
    with scope.hold(scope.job("bench", CITY, now.date())):
        case = Case.objects.get(track=key)
        for step, verb in enumerate(("accept", "answer")):
            at, given = now - timedelta(days=2), Given(note="已经修好。")
            actions.make(CONCERN, promised, case.pk, step, verb, by, at, given)
    with scope.hold(scope.Scope(kind="case", key=key)):
        case.refresh_from_db()
        at = now - timedelta(days=1)
        actions.rate(CONCERN, promised, case, case.step, at, solved=True, satisfied=True)


def copying(table: str) -> str:
    """SQL that copies the base rows `times` times: other numbers, keys and places, each copy older."""
    from django.apps import apps

    model = next(m for m in apps.get_models() if m._meta.db_table == table)
    columns = [f.column for f in model._meta.concrete_fields if not f.generated]
    key = "id" if table == "cases_case" else "case_id"
    moments = {f.column for f in model._meta.concrete_fields if isinstance(f, DateTimeField)}
    older = (
        f"g.n * CASE WHEN base.closed_at IS NULL THEN interval '{SHIFTED['open']}' "
        f"ELSE interval '{SHIFTED['case']}' END"
    )
    number = f"b.{key} + g.n * (SELECT max(id) FROM base)"
    said = {
        key: number,
        "track": "md5(b.track || g.n)",
        "phone_index": "md5(b.phone_index || g.n)",
        "place": "spot.code",
        "desk": "CASE length(b.desk) WHEN 12 THEN spot.code ELSE left(spot.code, length(b.desk)) END",
        **{column: f"b.{column} - {older}" for column in moments},
    }
    said["first_desk"] = said["desk"].replace("b.desk", "b.first_desk")
    own = [c for c in columns if c != "id" or table == "cases_case"]
    chosen = ", ".join(said.get(column, f'b."{column}"') for column in own)
    return f"""INSERT INTO {table} ({", ".join(f'"{c}"' for c in own)}) SELECT {chosen}
      FROM {table} b JOIN base ON base.id = b.{key} CROSS JOIN generate_series(1, %(times)s) AS g(n)
      JOIN spot ON spot.n = (b.{key} + g.n) %% %(spots)s"""


def a_clerk() -> tuple[str, list[int]]:
    """A clerk of the town, signed in: the session; and the numbers of some cases of hers."""
    from django.test import Client

    from guanjia.cases.models import Case
    from guanjia.staff.models import Post, User

    clerk = User.objects.create_user("wang", full_name="wang")
    post = Post.objects.create(user=clerk, role="town_clerk", place_id=TOWN, since="2019-01-01")
    client = Client()
    client.force_login(clerk)
    with scope.hold(scope.staff(post.pk, "town_clerk", TOWN, datetime.now().date())):
        found = Case.objects.filter(place__gte=TOWN, place__lt=TOWN + "~").order_by("-pk")
        numbers = list(found.values_list("pk", flat=True)[:400])
    return client.cookies["sessionid"].value, numbers


def worked(port: int, session: str, numbers: list[int], each: int, named: str) -> dict[str, float]:
    """Sixteen clerks who list and open: p95 and median in milliseconds, and what went wrong."""
    listed: list[float] = []
    opened: list[float] = []
    missed: list[str] = []

    def clerk(number: int) -> None:
        random, line = Random(number), HTTPConnection("127.0.0.1", port, timeout=60)
        time.sleep(PAUSE * number / USERS)
        for turn in range(each):
            paths = (
                "/inbox/",
                "/inbox/?state=late",
                f"/inbox/?desk={TOWN}%2B",
                "/inbox/?state=closed",
            )
            for path, into in (
                (paths[turn % len(paths)], listed),
                (f"/inbox/{random.choice(numbers)}/", opened),
            ):
                spent, status, _body = ask(line, session, path)
                into.append(spent)
                missed.extend([f"{path} {status}"] if status != 200 else [])
                time.sleep(PAUSE)

    for path in ("/inbox/", f"/inbox/{numbers[0]}/"):
        for _process in range(8):
            ask(HTTPConnection("127.0.0.1", port, timeout=60), session, path)
    at_once(clerk, USERS)
    return {
        f"inbox_p95_ms{named}": p95(listed),
        f"inbox_median_ms{named}": report.median(listed) * 1000,
        f"case_p95_ms{named}": p95(opened),
        f"case_median_ms{named}": report.median(opened) * 1000,
        f"missed{named}": len(missed),
    }


def at_once(work: Callable[[int], None], many: int) -> None:
    """So many threads at one work, to their ends."""
    threads = [threading.Thread(target=work, args=(number,)) for number in range(many)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def arriving(port: int, wanted: int) -> dict[str, float]:
    """New requests by the form's last step, a few senders at once, as fast as they are taken in."""
    refused: list[int] = []
    numbers = count()

    def sender(_number: int) -> None:
        while (turn := next(numbers)) < wanted:
            status = send(
                port,
                f"127.0.{1 + turn // OF_ONE_ADDRESS // 250}.{1 + turn // OF_ONE_ADDRESS % 250}",
            )
            refused.extend([status] if status != 302 else [])

    began, before = time.perf_counter(), server_cpu()
    at_once(sender, SENDERS)
    spent = time.perf_counter() - began
    return {
        "new": wanted,
        "ms_between_new": spent / wanted * 1000,
        "new_cpu_ms": (server_cpu() - before) / wanted * 1000,
        "refused": len(refused),
    }


def send(port: int, address: str) -> int:
    """One request by the form's last step from one address; the status of the answer."""
    token = secrets.token_hex(16)
    said = {
        **{"csrfmiddlewaretoken": token, "go": "send", "step": "3", "keep": "yes", "next": "/ask/"},
        "form": f"{int(time.time()) - 30:08x}{secrets.token_hex(12)}",
        **{
            "category": "public_place",
            "text": "路灯坏了三天，晚上看不见路。",
            "place": f"{TOWN}002",
        },
        **{"spot": "菜市场门口", "who": "self", "name": "李", "phone": "13800000000"},
    }
    line = HTTPConnection("127.0.0.1", port, timeout=60, source_address=(address, 0))
    heads = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"csrftoken={token}"}
    line.request("POST", "/ask/", body=urlencode(said), headers=heads)
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer.status


def flooded(port: int, enough: threading.Event) -> None:
    """One address that sends and sends until it is enough: most of it is held back."""
    while not enough.is_set():
        send(port, "127.0.9.9")


def ask_once(port: int, path: str) -> float:
    """Seconds of one public page."""
    return ask(HTTPConnection("127.0.0.1", port, timeout=60), "", path)[0]


def server_cpu() -> float:
    """CPU seconds of the page server's processes so far."""
    found = 0.0
    for folder in Path("/proc").iterdir():
        try:
            if (
                folder.name.isdecimal()
                and b"guanjia.web.pages" in (folder / "cmdline").read_bytes()
            ):
                parts = (folder / "stat").read_text().rpartition(")")[2].split()
                found += (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")
        except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            continue
    return found


def queries(numbers: list[int]) -> int:
    """The most questions that the inbox or a case page asks."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from guanjia.staff.models import User

    client, most = Client(SERVER_NAME="127.0.0.1"), 0
    client.force_login(User.objects.get(username="wang"))
    for path in ("/inbox/", *[f"/inbox/{number}/" for number in numbers[:10]]):
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        most = max(most, sum(is_question(q["sql"]) for q in asked.captured_queries))
    return most


def bare(numbers: list[int]) -> list[float]:
    """A bare look along the primary key under row security."""
    from guanjia.cases.models import Case

    with scope.hold(scope.staff(1, "town_clerk", TOWN, datetime.now().date())):
        keys = iter(numbers * 3)
        return report.seconds(lambda: Case.objects.get(pk=next(keys)), min(500, len(numbers)))


if __name__ == "__main__":
    sys.exit(main())
