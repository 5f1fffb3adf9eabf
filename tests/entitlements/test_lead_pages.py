"""The pages of leads: filtered by place, settled after a visit, handed out as a file."""

import csv
import io
import re

import pytest
from django.test import Client
from django.urls import reverse

from guanjia.entitlements.models import Lead, LeadState
from guanjia.kit import scope
from tests import town
from tests.doors import queries_of, text_of
from tests.entitlements.desk import Worked, as_job, lead_of

pytestmark = pytest.mark.usefixtures("files")


def test_leads_are_listed_by_place_and_filtered(worked: Worked) -> None:
    everything = text_of(worked.zhou, reverse("leads"))
    for words in ("李月好", "何金水", "应享未享", "疑似不再符合", "待补问"):
        assert words in everything
    missed = text_of(worked.zhou, reverse("leads") + "?kind=missed&place=441900119")
    assert "李月好" in missed
    assert "何金水" not in missed
    assert "没有这样的线索" in text_of(worked.zhou, reverse("leads") + "?kind=missed&benefit=dibao")
    community = text_of(worked.zhou, reverse("leads") + f"?place={town.COMMUNITY}")
    assert "李月好" in community
    for bad in ("?kind=nothing", "?place=441900121", "?state=nothing", "?after=x"):
        text_of(worked.wang, reverse("leads") + bad, 400)


def test_a_visit_is_written_down_with_its_note(worked: Worked) -> None:
    lead = lead_of("missed")
    url = reverse("lead", args=[lead.pk])
    assert "150.00 元" in text_of(worked.wang, url)
    empty = worked.wang.post(url, {"outcome": "confirmed", "note": ""}).content.decode()
    assert "请写明怎样核实的" in empty
    worked.wang.post(url, {"outcome": "confirmed", "note": "3月2日入户，愿意申请"})
    with scope.hold(as_job()):
        settled = Lead.objects.get(pk=lead.pk)
    assert (settled.state, settled.settled_by) == (LeadState.CONFIRMED, worked.cast.wang)
    assert "3月2日入户，愿意申请" in text_of(worked.wang, url)
    again = worked.wang.post(url, {"outcome": "dismissed", "note": "再来"}, follow=True)
    assert "不能这样办" in again.content.decode()


def test_a_death_may_be_confirmed_with_others_and_a_visit_may_not(worked: Worked) -> None:
    doubt, missed = lead_of("doubtful"), lead_of("missed")
    url = reverse("settle_many")
    page = text_of(worked.zhou, reverse("leads"))
    assert f'value="{doubt.pk}" form="confirm"' in page
    assert f'value="{missed.pk}" form="confirm"' not in page
    both = {"lead": [doubt.pk, missed.pk], "note": "死亡登记"}
    refused = worked.zhou.post(url, both, follow=True).content.decode()
    assert "不能批量确认" in refused
    assert "一条也没有勾选" in worked.zhou.post(url, {}, follow=True).content.decode()
    done = worked.zhou.post(url, {"lead": doubt.pk, "note": "死亡登记"}, follow=True)
    assert "已确认 1 条" in done.content.decode()


def test_the_list_as_a_file_holds_what_the_filter_says(worked: Worked) -> None:
    def rows(client: Client, asked: str = "") -> list[list[str]]:
        response = client.get(f"{reverse('leads')}?form=csv{asked}")
        text = b"".join(response.streaming_content).decode()
        assert text.startswith("\ufeff")
        return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))

    head, *lines = rows(worked.wang, "&kind=missed")
    assert head[:3] == ["类别", "待遇", "姓名"]
    assert [line[2] for line in lines] == ["李月好"]
    assert lines[0][6] == "150.00"
    assert worked.cast.li.document not in str(lines)
    assert [line[2] for line in rows(worked.huang)[1:]] == ["何金水"]


def test_leads_are_sorted_by_a_column_and_show_those_that_were_chosen(worked: Worked) -> None:
    url = reverse("leads")
    order = {}
    for sort in ("net", "-net"):
        page = text_of(worked.zhou, f"{url}?sort={sort}&state=all")
        order[sort] = re.findall(r'href="/leads/(\d+)/"', page)
    assert order["net"] == order["-net"][::-1]
    assert len(set(order["net"])) > 2
    with scope.hold(as_job()):
        nets = [Lead.objects.get(pk=pk).determination.net for pk in order["net"]]
    assert nets == sorted(nets, key=lambda net: -1 if net is None else net)
    chosen = {"list": "leads", "known": ["benefit", "net", "pays", "since"], "column": ["benefit"]}
    client = worked.zhou
    assert client.post(reverse("look"), chosen | {"next": url}).headers["Location"] == url
    page = text_of(client, url)
    assert 'data-label="线索 · 待遇"' in page
    assert 'data-label="每期应得"' not in page
    text_of(worked.zhou, f"{url}?sort=state", 400)


def test_lists_take_the_same_queries_however_long(worked: Worked) -> None:
    one = queries_of(worked.zhou, reverse("leads") + "?kind=missed")
    assert queries_of(worked.zhou, reverse("leads")) <= one + 1  # households have heads to name
    run = worked.paid[0].pk
    of_one = queries_of(worked.wang, reverse("run_units", args=[run, "new"]))
    assert queries_of(worked.zhou, reverse("run_units", args=[run, "new"])) <= of_one + 1
