"""A town's desk over a registry of a million: find a person, open the page; take a million rows along.

The real server with two processes, row security on. Sixteen clerks of the largest town at once, each
asking again a second after the last answer came (`users` in the result); beside the pages their limits: a
bare look along the primary key as the same role, and a bare COPY of the same rows.
"""

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import report
from bench.registry import as_owner, fill
from bench.run import CITY, TOWN, own_house
from guanjia.kit import scope

PERSONS, TIMES = 1_000_000, 20
USERS, EACH, PAUSE = 16, 40, 1.0
LINES = 1_000_000
TODAY = date(2020, 4, 1)
QUERIES = 15
MEGABYTES_FLAT = 64
POSTED = """
WITH entry AS (
  INSERT INTO ledger_entry (key, "on", kind, benefit, place, prepared_by_id, approved_by_id, note)
  SELECT 'bench/' || n, %(on)s, 'appropriation', 'dibao', %(town)s, %(one)s, %(two)s, ''
  FROM generate_series(1, %(count)s) AS r(n) RETURNING id, place
)
INSERT INTO ledger_transfer (entry_id, place, source_id, target_id, fen)
SELECT id, place, %(source)s, %(target)s, 100 FROM entry
"""


def main() -> int:
    """Measure and print."""
    scale = report.options(__doc__ or "").scale
    with own_house():
        from django.conf import settings

        settings.GUANJIA_DEMO_DAY = TODAY
        os.environ["GUANJIA_DEMO_DAY"] = TODAY.isoformat()
        loaded = fill(max(2_000, int(PERSONS * scale) // TIMES), TIMES, indexed=True)
        lines = max(2_000, int(LINES * scale))
        clerk, account = prepare(lines)
        people = sample()
        with serving() as port:
            figures = {
                "persons": float(loaded * TIMES),
                **searches(port, clerk, people, max(2, int(EACH * scale))),
                **export(port, clerk, account),
                "queries": float(queries(people)),
            }
        figures |= limits(people, lines)
    bounds: dict[str, float] = {
        "search_p95_ms": 100,
        "person_p95_ms": 150,
        "queries": QUERIES,
        "export_s": 90,
        "export_grown_mb": MEGABYTES_FLAT,
    }
    right = figures["exported"] == lines and figures["missed"] == 0
    return report.end("desk", figures, bounds, scale, right)


def prepare(lines: int) -> tuple[str, int]:
    """A clerk of the town, signed in; an account with so many lines. Returns the session and the account."""
    from django.test import Client

    from guanjia.ledger import actions as ledger
    from guanjia.staff.models import Post, User

    clerk = User.objects.create_user("wang", full_name="wang")
    Post.objects.create(user=clerk, role="town_clerk", place_id=TOWN, since=date(2019, 1, 1))
    ids = dict(User.objects.values_list("username", "pk"))
    with scope.hold(scope.job("bench", CITY, TODAY)):
        source, target = f"treasury/{CITY}", f"budget/{TOWN}/dibao"
        accounts = ledger.open_accounts([source, target])
    post(lines, accounts[source], accounts[target], ids["zhou"], ids["liang"])
    client = Client()
    client.force_login(clerk)
    return client.cookies["sessionid"].value, accounts[target]


def post(lines: int, source: int, target: int, one: int, two: int) -> None:
    """So many entries of one yuan, written by the owner: how the ledger writes is measured elsewhere."""
    tables = ("ledger_entry", "ledger_transfer")
    asked = {"on": TODAY, "town": TOWN, "one": one, "two": two, "count": lines}
    with as_owner() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(POSTED, {**asked, "source": source, "target": target})
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        cursor.execute("ANALYZE ledger_entry, ledger_transfer")


Known = tuple[int, str, str, str]
"""A person's key, name, initials and document number."""


def sample() -> list[Known]:
    """Some hundred people of the town."""
    from guanjia.people import seal
    from guanjia.people.models import Person, Reach

    with scope.hold(scope.staff(1, "town_clerk", TOWN, TODAY)):
        keys = list(
            Reach.objects.filter(place__gte=TOWN, place__lt=TOWN + "~")
            .order_by("person_id")
            .values_list("person_id", flat=True)[:400]
        )
        found = Person.objects.filter(pk__in=keys, document_sealed__isnull=False)
        return [
            (p.pk, p.name, p.initials, seal.unseal(p.document_sealed)) for p in found if p.initials
        ]


@contextmanager
def serving() -> Iterator[int]:
    """The page server with two processes; gives its port."""
    from guanjia.web.house import static_files

    static_files.gather()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    words = [sys.executable, "-m", "guanjia.web.pages", "127.0.0.1", str(port), "2"]
    server = subprocess.Popen(words, cwd=Path(__file__).parents[1])
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def searches(port: int, session: str, people: list[Known], each: int) -> dict[str, float]:
    """Sixteen clerks who search and open; p95 and median of both in milliseconds."""
    found: list[float] = []
    opened: list[float] = []
    missed: list[str] = []

    def clerk(number: int) -> None:
        random = Random(number)
        line = HTTPConnection("127.0.0.1", port, timeout=60)
        time.sleep(PAUSE * number / USERS)
        for turn in range(each):
            key, name, short, document = random.choice(people)
            words = (name, name[:2], short, document)[turn % 4]
            spent, status, body = ask(line, session, f"/people/?q={quote(words)}")
            found.append(spent)
            named = words in (name, name[:2])  # initials are those of many names
            if status not in (200, 302) or (named and name[0].encode() not in body):
                missed.append(words)
            time.sleep(PAUSE)
            spent, status, _body = ask(line, session, f"/people/{key}/")
            opened.append(spent)
            missed.extend([str(key)] if status != 200 else [])
            time.sleep(PAUSE)

    warm(port, session, people[0])
    clerks = [threading.Thread(target=clerk, args=(n,)) for n in range(USERS)]
    for one in clerks:
        one.start()
    for one in clerks:
        one.join()
    return {
        "users": USERS,
        "search_p95_ms": p95(found),
        "search_median_ms": report.median(found) * 1000,
        "person_p95_ms": p95(opened),
        "person_median_ms": report.median(opened) * 1000,
        "missed": len(missed),
    }


def warm(port: int, session: str, one: Known) -> None:
    """Each process of the server reads its book and its templates once."""
    for path in ("/people/", f"/people/?q={one[2]}", f"/people/{one[0]}/"):
        for _process in range(8):
            ask(HTTPConnection("127.0.0.1", port, timeout=60), session, path)


def ask(line: HTTPConnection, session: str, path: str) -> tuple[float, int, bytes]:
    """Seconds until the last byte, the status and the page."""
    began = time.perf_counter()
    line.request("GET", path, headers={"Cookie": f"sessionid={session}", "Accept-Language": "zh"})
    answer = line.getresponse()
    body = answer.read()
    return time.perf_counter() - began, answer.status, body


def p95(spent: list[float]) -> float:
    """In milliseconds."""
    return sorted(spent)[int(len(spent) * 0.95)] * 1000


def export(port: int, session: str, account: int) -> dict[str, float]:
    """An account's lines as a file, read as they come; what the server's memory grew by meanwhile."""
    line = HTTPConnection("127.0.0.1", port, timeout=600)
    began, before, most, rows = time.perf_counter(), server_mb(), 0.0, -1
    line.request(
        "GET", f"/ledger/accounts/{account}/?form=csv", headers={"Cookie": f"sessionid={session}"}
    )
    answer, turn = line.getresponse(), 0
    while block := answer.read(1 << 16):
        rows += block.count(b"\n")
        turn += 1
        if turn % 64 == 0:
            most = max(most, server_mb())
    return {
        "exported": rows,
        "export_s": time.perf_counter() - began,
        "export_grown_mb": max(0.0, most - before),
    }


def server_mb() -> float:
    """Resident memory of the page server's processes, in megabytes."""
    listed = subprocess.run(
        ["ps", "-eo", "rss,args"], capture_output=True, text=True, check=True
    ).stdout
    return sum(int(x.split()[0]) for x in listed.splitlines() if "guanjia.web.pages" in x) / 1000


def queries(people: list[Known]) -> int:
    """The most queries that one person's page asks, over some people."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from guanjia.staff.models import User

    client, most = Client(SERVER_NAME="127.0.0.1"), 0
    client.force_login(User.objects.get(username="wang"))
    for key, *_rest in people[:10]:
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/people/{key}/")
        most = max(most, sum(is_question(q["sql"]) for q in asked.captured_queries))
    return most


def is_question(sql: str) -> bool:
    """Neither a savepoint nor the setting of a scope."""
    return not sql.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")) and (
        "_config(" not in sql and "current_setting('guanjia" not in sql[:60]
    )


def limits(people: list[Known], lines: int) -> dict[str, float]:
    """A bare look along the primary key under row security, and a bare COPY of the exported rows."""
    from django.db import connection

    from guanjia.people.models import Person

    with scope.hold(scope.staff(1, "town_clerk", TOWN, TODAY)):
        keys = iter([key for key, *_rest in people] * 10)
        bare = report.seconds(lambda: Person.objects.get(pk=next(keys)), min(500, len(people) * 10))
        with tempfile.TemporaryFile() as out:

            def copy() -> None:
                words = f"COPY (SELECT * FROM ledger_transfer LIMIT {lines}) TO STDOUT"
                with connection.connection.cursor() as cursor, cursor.copy(words) as blocks:
                    for block in blocks:
                        out.write(block)

            copied = report.seconds(copy, 1)[0]
    return {"bare_look_p95_ms": p95(bare), "bare_copy_s": copied}


if __name__ == "__main__":
    sys.exit(main())
