"""Row security attacked: every table of the catalogue, by every way out, with no scope and with a clerk's."""

from django.conf import settings
from django.db import connection
from procrastinate.contrib.django import app

from guanjia.entitlements.models import Run
from guanjia.entitlements.records import Wish
from guanjia.entitlements.runs import tasks
from guanjia.entitlements.what_if import tasks as what_if_tasks
from guanjia.entitlements.what_if import trying
from guanjia.kit import scope
from guanjia.people.models import Person
from guanjia.policy.proposing import Change
from tests import town
from tests.doors import at_desk
from tests.entitlements.desk import Worked, as_job
from tests.house_rules.reading import CLONE, modules, name
from tests.staff.attacking import asked, attempted, columns, copied, rows_of, tables
from tests.staff.test_roles import GUARDED, numbers, sample

# Rows that speak of no person and of no town: every office may know of them.
OF_EVERY_OFFICE = {
    "entitlements_run",
    "entitlements_sending",
    "entitlements_whatif",
    "entitlements_proposal",
    # Of a published rate: which month was counted when, its rows without a case, its sums.
    "concerns_taking",
    "concerns_raterow",
    "concerns_ratesum",
    "cases_beat",
    # Words that many matters share, and how many were drawn in a month of the whole city.
    *("concerns_topic", "concerns_topicword", "concerns_topicchoice", "concerns_draw"),
}
# Functions that look past row security, each with a reason in its own migration.
DEFINERS = {"ledger_move", "people_register", "people_by_document"}
DEFINERS |= {"concerns_prove", "concerns_matters", "concerns_matter"}


def of_humen(table: str, two_towns: Worked) -> set[str]:
    """The rows of a table that 虎门 sees and 长安 must not."""
    with scope.hold(town.eyes(two_towns.cast.huang)):
        theirs = rows_of(table)
    with scope.hold(as_job()):
        if "place" in columns(table):
            here = f"place < '{town.CHANGAN}' OR place >= '{town.CHANGAN[:-1]}:'"
            named = asked(f"SELECT t::text FROM {table} t WHERE {here}")
            theirs |= {str(row) for (row,) in named}
    return theirs


def test_without_a_scope_no_table_gives_or_takes_a_row(two_towns: Worked) -> None:
    assert scope.current() == scope.NOTHING
    assert len(tables()) > 15
    for table in tables():
        assert asked(f"SELECT count(*) FROM {table}") == [(0,)], table
        assert asked(f"SELECT t, count(*) FROM {table} t GROUP BY t") == [], table
        assert asked(f"SELECT 1 FROM {table} a CROSS JOIN {table} b LIMIT 1") == [], table
        assert copied(table) == [], table
        assert attempted(f"DELETE FROM {table}") == 0, table
        for column in columns(table):
            assert attempted(f'UPDATE {table} SET "{column}" = "{column}"') == 0, table


def test_a_clerk_reads_no_row_of_another_town_in_any_way(two_towns: Worked) -> None:
    """Vacuous for no table that has rows of the other town."""
    attacked = set()
    for table in tables():
        secret = of_humen(table, two_towns) if table not in OF_EVERY_OFFICE else set()
        with scope.hold(town.eyes(two_towns.cast.wang)):
            mine = rows_of(table)
            assert not mine & secret, table
            assert asked(f"SELECT count(*) FROM {table}") == [(len(mine),)], table
            grouped = asked(f"SELECT t::text, count(*) FROM {table} t GROUP BY t::text")
            assert {str(row) for row, _n in grouped} == mine, table
            joined = asked(f"SELECT a::text FROM {table} a JOIN {table} b ON a = b")
            assert {str(row) for (row,) in joined} == mine, table
            assert len(b"".join(copied(table)).splitlines()) == len(mine), table
            assert attempted(f"DELETE FROM {table}") <= len(mine), table
            if "place" in columns(table) and table not in OF_EVERY_OFFICE:
                span = asked(f"SELECT min(place), max(place) FROM {table}")
                assert all(p is None or str(p).startswith(town.CHANGAN) for p in span[0]), table
        if secret:
            attacked.add(table)
    assert attacked >= {
        *("people_person", "people_personfact", "people_household", "people_namegram"),
        *("people_reach", "people_membership", "ledger_account", "ledger_entry"),
        *("ledger_transfer", "entitlements_award", "entitlements_determination"),
        *("entitlements_lead", "entitlements_runfigure", "entitlements_bankfile", "staff_handover"),
    }


def test_a_clerk_searches_for_another_towns_person_in_vain(two_towns: Worked) -> None:
    ho = two_towns.cast.ho.id
    with scope.hold(town.eyes(two_towns.cast.wang)):
        for table in tables():
            for column in columns(table) & {"person_id", "household_id", "payee"}:
                wanted = "'何金水'" if column == "payee" else str(ho)
                if column == "household_id":
                    wanted = "(SELECT max(id) FROM people_household WHERE number = 'T-3')"
                found = asked(f"SELECT count(*) FROM {table} WHERE {column} = {wanted}")
                assert found == [(0,)], (table, column)
        assert not Person.objects.filter(name__contains="金").exists()
        assert not Person.objects.filter(pk=ho).exists()


def test_a_clerk_changes_no_row_of_another_town(two_towns: Worked) -> None:
    for table in tables():
        if table in OF_EVERY_OFFICE:
            continue
        with scope.hold(town.eyes(two_towns.cast.wang)):
            mine = len(rows_of(table))
            for column in columns(table):
                hit = attempted(f'UPDATE {table} SET "{column}" = "{column}"')
                assert hit <= mine, (table, column)
        if "place" in columns(table):
            with scope.hold(town.eyes(two_towns.cast.wang)):
                moved = attempted(f"UPDATE {table} SET place = '{town.ELSEWHERE}'")
            assert moved == 0, f"rows of {table} could be pushed to another town"


def test_nothing_looks_past_row_security_but_what_is_named(db: None) -> None:
    definers = asked(
        "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    )
    assert {str(name) for (name,) in definers} == DEFINERS
    views = asked(
        "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') "
        "AND relnamespace = 'public'::regnamespace "
        "AND NOT coalesce('security_invoker=true' = ANY(reloptions), false)"
    )
    assert views == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)


def test_no_page_of_a_clerk_shows_anything_of_another_town(two_towns: Worked) -> None:
    wang, theirs = at_desk(two_towns.cast.wang), numbers(town.HUMEN, two_towns)
    run, document = two_towns.ready.pk, two_towns.cast.ho.document
    addresses = [sample(name, theirs.get(name, run)) for name in GUARDED]
    addresses += [sample(name, run) for name in GUARDED]
    for asked_for in ("何金水", "何", "hjs", document, "金水", "T-3"):
        addresses.append(f"/people/?q={asked_for}")
    for place in (town.HUMEN, town.ELSEWHERE, "4419"):
        addresses += [f"/leads/?place={place}", f"/leads/?place={place}&form=csv"]
        addresses += [f"/people/?q=何&place={place}", f"/ledger/?place={place}"]
        addresses += [f"/runs/{run}/{what}/?place={place}&form=csv" for what in ("new", "missed")]
    seen = 0
    for address in addresses:
        answer = wang.get(address)
        body = b"".join(answer) if answer.streaming else answer.content
        text = body.decode(errors="replace").replace(f'value="{document}"', "").replace(address, "")
        text = text.replace('value="何金水"', "").replace("“何金水”", "")
        for secret in ("何金水", document, document[-4:], "L-2", "T-3”的"):
            assert secret not in text, (address, secret)
        seen += answer.status_code == 200
    assert seen > 15


# Whose eyes each job has. A new job does not pass until it stands here.
JOBS = {
    "entitlements.determine": "the place of its run",
    "entitlements.pay": "the place of its run",
    "interop.write_bank_files": "the place of its run",
    "entitlements.try_figures": "the place of its what-if, which is of the post that asked",
    "entitlements.take_up": "none: the queue alone",
    "entitlements.take_up_runs": "no place: runs at work, which every office sees",
    "entitlements.take_up_what_ifs": "no place: what-ifs at work, which every office sees",
    "interop.write_bank_files_again": "the place of its run",
    "interop.check_import": "those of the post that handed the file in",
    "interop.apply_import": "those of the post that handed the file in",
    "interop.undo_import": "the place of its import",
    "interop.take_up_imports": "the city: which imports are at work",
    "interop.forget_files": "the city: which imports are over",
    "staff.seal_reads": "no place: the read log alone",
    "cases.sweep": "the city: which cases are late",
    "concerns.take_months": "the city: whose promises ended in a month",
    "concerns.take_month": "the city: whose promises ended in a month",
    "cases.send_notices": "the city: whom to tell of what",
    "cases.sweep_files": "the city: which files have a row",
    "concerns.draw_sample": "the city: what was found unreasonable in a month",
    "concerns.send_codes": "the city: codes that were asked for, and no case",
    "concerns.forget_tries": "none: counts of tries alone",
    "concerns.gather_topics": "the city: matters of half a year, by their words",
    "builtin:procrastinate.builtin_tasks.remove_old_jobs": "none: the queue alone",
    "procrastinate.builtin_tasks.remove_old_jobs": "none: the queue alone",
}


def test_every_job_says_whose_eyes_it_has() -> None:
    app.perform_import_paths()
    assert set(app.tasks) <= set(JOBS), set(app.tasks) - set(JOBS)
    assert trying.TRY in app.tasks


def test_a_worker_finds_every_job() -> None:
    with_jobs = {name(p) for p in modules("guanjia") if "@app.task(" in p.read_text()}
    found = {path.replace(".", "/") + ".py" for path in settings.PROCRASTINATE_IMPORT_PATHS}
    # A `tasks.py` at the top of an application is found by itself, one in a room below it is not.
    by_itself = {f"{path.parent.name}/tasks.py" for path in CLONE.glob("guanjia/*/apps.py")}
    assert {path for path in with_jobs if path.removeprefix("guanjia/") not in by_itself} == found


def test_a_job_that_a_town_asked_for_cannot_read_another_town(two_towns: Worked) -> None:
    cast = two_towns.cast
    with scope.hold(town.eyes(cast.wang)):
        wish = Wish((Change("", "dibao_line", "", "1150"),), None, 1)
        asked_for = trying.ask_what_if(wish, town.CHANGAN, cast.wang, town.KNOWN, town.TODAY)
    eyes = what_if_tasks.eyes_of(asked_for.pk)
    assert (eyes.lo, eyes.kind) == (town.CHANGAN, "job")
    with scope.hold(eyes):
        for table in ("people_household", "people_reach", "entitlements_award", "ledger_entry"):
            places = asked(f"SELECT DISTINCT place FROM {table}")
            assert places, table
            assert all(str(place).startswith(town.CHANGAN) for (place,) in places), table


def test_a_runs_job_has_the_eyes_of_the_runs_place(two_towns: Worked) -> None:
    eyes = tasks.eyes_of(two_towns.ready.pk)
    with scope.hold(eyes):
        assert Run.objects.get(pk=two_towns.ready.pk).place_id == eyes.lo == town.CITY
