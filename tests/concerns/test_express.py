"""莞家速递: a matter is put under a policy, goes to the desk that is competent, and is followed there."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from guanjia.cases.models import Case
from guanjia.concerns import cli
from guanjia.concerns.intake import dry_run
from guanjia.concerns.matters import sorting
from guanjia.concerns.matters.city import the_brand
from guanjia.concerns.models import Sorting
from guanjia.concerns.rules.routing import LEVELS
from guanjia.kit import clock, scope
from tests import town
from tests.concerns.test_desk import EYES, ask
from tests.doors import at_desk, queries_of, text_of

YEAR = timedelta(days=365)


def test_a_matter_is_put_under_a_policy_and_followed(cast: town.Cast) -> None:
    case, client = ask(1), at_desk(cast.wang)
    assert "没有归入政策的诉求" in text_of(client, "/express/matters/")
    said = {"category": "living", "policy": "longevity"}
    assert client.post(f"/inbox/{case.pk}/sort/", said).status_code == 302
    page = text_of(client, "/express/matters/?department=minzheng&policy=longevity")
    assert "高龄津贴" in page
    assert "市民政局" in page
    assert f"/inbox/{case.pk}/" in page
    assert "没有这样的诉求" in text_of(client, "/express/matters/?department=jiaoyu")
    assert "没有归入" in text_of(at_desk(cast.huang), "/express/matters/")
    register = text_of(client, "/express/")
    assert "?policy=longevity" in register
    assert "合成数据" in register
    assert "假设" in register
    assert client.get("/express/matters/?policy=ghost").status_code == 400


def test_a_matter_goes_to_the_desk_that_the_policy_names(cast: town.Cast) -> None:
    case, client = ask(1), at_desk(cast.wang)
    said = {"category": "child", "policy": "school_place", "send": "on"}
    client.post(f"/inbox/{case.pk}/sort/", said)
    with scope.hold(EYES):
        case.refresh_from_db()
        row = Sorting.objects.get()
    assert (case.desk_id, row.policy, row.department) == (town.CITY, "school_place", "jiaoyu")
    assert "按“义务教育入学”派单" in text_of(client, f"/inbox/{case.pk}/")
    again = client.post(f"/inbox/{case.pk}/sort/", {"category": "living", "send": "on"})
    assert again.status_code == 302
    with scope.hold(EYES):
        case.refresh_from_db()
        assert case.desk_id == town.CITY, "another desk's matter is not taken back"
        assert Sorting.objects.count() == 1, "and nothing is kept of what was refused"


def test_a_sorting_is_kept_and_seen_by_nobody_else(cast: town.Cast) -> None:
    case = ask(1)
    at_desk(cast.wang).post(f"/inbox/{case.pk}/sort/", {"category": "living", "policy": "dibao"})
    for eyes in (town.eyes(cast.huang), scope.Scope(kind="case", key="x"), scope.NOTHING):
        with scope.hold(eyes):
            assert not Sorting.objects.exists()
    assert at_desk(cast.huang).post(f"/inbox/{case.pk}/sort/", {}).status_code == 404
    with scope.hold(scope.Scope(kind="case", key=case.track)):
        assert Case.objects.exists()
        assert not Sorting.objects.exists(), "an asker reads no word between desks"
    for attack in ("UPDATE concerns_sorting SET policy = 'x'", "DELETE FROM concerns_sorting"):
        with scope.hold(EYES), pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(attack)


def test_last_year_s_matters_are_sent_again(cast: town.Cast) -> None:
    cases = [ask(n, category, hours=n) for n, category in enumerate(("living", "elder", "child"))]
    known, at = the_brand(), clock.now()
    with scope.hold(EYES):
        same = dry_run.tried(known.table, at - YEAR, at)
        assert (same.read, same.moved) == (3, 0)
    client = at_desk(cast.zhou)
    page = text_of(client, "/routing/?try=year")
    assert '去年 <span class="num">3</span> 件' in page
    assert "没有冲突" in page
    text = '[fallback]\ndesk = "town"\n[[route]]\ncategory = "child"\nplace = ""\ndesk = "city"\n'
    answer = client.post("/routing/", {"text": text})
    run = answer.context["run"]
    assert (run["read"], run["moved"]) == (3, 2)
    assert {number for number, *_rest in run["first"]} == {cases[1].pk, cases[2].pk}
    assert "没有保存" in answer.content.decode()
    with scope.hold(town.eyes(cast.huang)):
        assert dry_run.tried(known.table, at - YEAR, at).read == 0
    with scope.hold(EYES):
        few = dry_run.tried(known.table, at - YEAR, at, most=2)
    assert (few.read, few.capped) == (2, True)


def test_a_table_that_cannot_be_read_is_refused_where_it_was_typed(cast: town.Cast) -> None:
    client = at_desk(cast.wang)
    for text, told in [
        ("[[", "读不出这张表"),
        ("", "请写上要试的派单表"),
        ('[fallback]\ndesk = ""', "兜底单位不能空着"),
        ('[fallback]\ndesk = "town"\n[[route]]\ndesk = "town"\npolicy = "ghost"', "ghost"),
        ("x" * 100_000, "40000"),
    ]:
        answer = client.post("/routing/", {"text": text})
        assert answer.status_code == 400
        assert told in answer.content.decode()
    conflict = '[fallback]\ndesk = "town"\n[[route]]\ndesk = "town"\n[[route]]\ndesk = "city"'
    assert "派向不同" in client.post("/routing/", {"text": conflict}).content.decode()


def test_pages_take_few_queries_however_many_matters(cast: town.Cast) -> None:
    client = at_desk(cast.wang)
    counts = []
    for number in range(4):
        case = ask(number)
        client.post(f"/inbox/{case.pk}/sort/", {"category": "living", "policy": "dibao"})
        counts.append([queries_of(client, url) for url in ("/express/", "/express/matters/")])
    assert counts[0] == counts[-1]
    assert max(counts[0]) <= 14
    assert queries_of(client, "/routing/?try=year") <= 14


def test_the_command_shows_the_table_and_tries_it(
    cast: town.Cast, capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    ask(1, "elder")
    assert cli.route([]) == 0
    told = capsys.readouterr().out
    assert "兜底" in told
    assert "去年 1 件，会派到别处的 0 件" in told
    assert sorting.MAY_GO
    assert set(LEVELS) == {"city", "town", "community"}
