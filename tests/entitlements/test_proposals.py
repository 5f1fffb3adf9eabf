"""The way of a new book: one proposes, a second adopts or sends back, and no book is overtaken unseen."""

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from guanjia.entitlements import queries
from guanjia.entitlements.errors import (
    AdoptedOnce,
    ChangedBook,
    EndedBefore,
    LawMissing,
    NoteMissing,
    NothingNew,
    NotPreparer,
    Overtaken,
    SamePerson,
)
from guanjia.entitlements.proposals import adoption
from guanjia.entitlements.runs import actions
from guanjia.entitlements.tables.books import Proposal, ProposalState, Revision
from guanjia.entitlements.what_if import what_ifs
from guanjia.kit import scope
from guanjia.policy import proposing
from guanjia.policy.book import Book
from guanjia.staff.models import User
from tests import town
from tests.entitlements import office

AT = office.moment(town.TODAY)
MAY = office.MARCH.replace(month=5)


def changed(*changes: str, book: Book = office.BOOK) -> Book:
    """The office's book with other figures from May on."""
    wanted = [proposing.read(text) for text in changes]
    return proposing.propose(book, wanted, MAY, "试行通知第1号", "known")


def proposed(house: town.Cast, *changes: str, by: User | None = None) -> Proposal:
    """A proposal that 周 made."""
    return adoption.propose_book(changed(*changes), town.CITY, by or house.zhou, AT)


def newest() -> str:
    """The hash of the book in force."""
    found = queries.newest_revision()
    assert found is not None
    return found.revision


def test_a_second_person_adopts_and_runs_read_it_from_then_on(house: town.Cast) -> None:
    waits = proposed(house, "dibao_line=1150")
    assert newest() == office.BOOK.revision
    assert [p.pk for p in what_ifs.waiting_for(house.liang.pk)] == [waits.pk]
    assert not what_ifs.waiting_for(house.zhou.pk).exists()
    done = adoption.adopt_proposal(waits.pk, house.liang, AT)
    assert (done.state, done.decided_by) == (ProposalState.ADOPTED, house.liang)
    adopted = Revision.objects.get(pk=newest())
    assert (adopted.prepared_by, adopted.approved_by) == (house.zhou, house.liang)
    assert adopted.follows_id == office.BOOK.revision
    run = actions.ask_run(town.TODAY, town.CITY, house.zhou, AT, town.TODAY)
    assert run.revision_id == done.revision


def test_proposed_twice_it_is_one_and_adopted_it_is_no_news(house: town.Cast) -> None:
    first = proposed(house, "dibao_line=1150")
    assert proposed(house, "dibao_line=1150", by=house.liang).pk == first.pk
    adoption.adopt_proposal(first.pk, house.liang, AT)
    with pytest.raises(NothingNew):
        adoption.propose_book(changed("dibao_line=1150"), town.CITY, house.zhou, AT)
    with pytest.raises(AdoptedOnce, match="以前采用过"):
        adoption.propose_book(office.BOOK, town.CITY, house.zhou, AT)


def test_who_prepared_neither_adopts_nor_sends_back(house: town.Cast) -> None:
    waits = proposed(house, "dibao_line=1150")
    with pytest.raises(SamePerson):
        adoption.adopt_proposal(waits.pk, house.zhou, AT)
    with pytest.raises(SamePerson):
        adoption.reject_proposal(waits.pk, house.zhou, "x", AT)
    with pytest.raises(NotPreparer):
        adoption.withdraw_proposal(waits.pk, house.liang, AT)
    assert adoption.withdraw_proposal(waits.pk, house.zhou, AT).state == ProposalState.WITHDRAWN
    again = proposed(house, "dibao_line=1150")  # withdrawn, it may be proposed anew
    assert again.pk != waits.pk


def test_it_goes_back_with_a_reason_and_is_over_then(house: town.Cast) -> None:
    waits = proposed(house, "dibao_line=1150")
    with pytest.raises(NoteMissing):
        adoption.reject_proposal(waits.pk, house.liang, "  ", AT)
    done = adoption.reject_proposal(waits.pk, house.liang, "等省里的文件", AT)
    assert (done.state, done.note) == (ProposalState.REJECTED, "等省里的文件")
    for verb in (adoption.adopt_proposal, adoption.withdraw_proposal):
        with pytest.raises(EndedBefore, match="已退回"):
            verb(waits.pk, house.liang, AT)
    assert newest() == office.BOOK.revision


def test_a_proposal_that_another_book_overtook_is_not_adopted(house: town.Cast) -> None:
    first, second = proposed(house, "dibao_line=1150"), proposed(house, "dibao_line=1200")
    adoption.adopt_proposal(first.pk, house.liang, AT)
    with pytest.raises(Overtaken, match="另有一个政策簿已经采用"):
        adoption.adopt_proposal(second.pk, house.liang, AT)
    second.refresh_from_db()
    assert second.state == ProposalState.PROPOSED
    assert newest() == first.revision


def test_a_draft_is_not_adopted_before_its_document_is_named(house: town.Cast) -> None:
    draft = proposing.propose(office.BOOK, [proposing.read("dibao_line=1150")], MAY)
    waits = adoption.propose_book(draft, town.CITY, house.zhou, AT)
    with pytest.raises(LawMissing, match="低保标准还是拟定的，没有写明依据的文件"):
        adoption.adopt_proposal(waits.pk, house.liang, AT)
    assert newest() == office.BOOK.revision
    named = proposed(house, "dibao_line=1150")
    assert adoption.adopt_proposal(named.pk, house.liang, AT).state == ProposalState.ADOPTED


def test_a_text_that_is_not_what_its_hash_says_is_not_adopted(house: town.Cast) -> None:
    new = changed("dibao_line=1150")
    waits = Proposal.objects.create(
        place_id=town.CITY,
        base_id=office.BOOK.revision,
        revision=new.revision,
        text=changed("dibao_line=1160").text,
        prepared_by=house.zhou,
    )
    with pytest.raises(ChangedBook):
        adoption.adopt_proposal(waits.pk, house.liang, AT)
    assert newest() == office.BOOK.revision


SECOND = "a_proposal_is_decided_by_a_second_person"
KEPT = "entitlements_proposal keeps what was asked"
ATTACKS = (
    # the one who proposed adopts, or nobody does
    (
        "UPDATE entitlements_proposal SET state = 'adopted', decided_by_id = prepared_by_id,"
        " decided_at = now()",
        SECOND,
    ),
    ("UPDATE entitlements_proposal SET state = 'adopted'", SECOND),
    # another takes it back; sent back without a word
    (
        "UPDATE entitlements_proposal SET state = 'withdrawn', decided_at = now(), decided_by_id ="
        " (SELECT id FROM staff_user WHERE username = 'liang')",
        SECOND,
    ),
    (
        "UPDATE entitlements_proposal SET state = 'rejected', decided_at = now(), decided_by_id ="
        " (SELECT id FROM staff_user WHERE username = 'liang')",
        "a_proposal_sent_back_says_why",
    ),
    # another text, another preparer, another base, none at all
    ("UPDATE entitlements_proposal SET text = '{}'", KEPT),
    (
        "UPDATE entitlements_proposal SET prepared_by_id ="
        " (SELECT id FROM staff_user WHERE username = 'wang')",
        KEPT,
    ),
    ("UPDATE entitlements_proposal SET base_id = NULL", KEPT),
    ("DELETE FROM entitlements_proposal", "permission denied for table entitlements_proposal"),
    # the same book waits twice
    (
        "INSERT INTO entitlements_proposal (place, base_id, revision, text, state, prepared_by_id,"
        " note) SELECT place, base_id, revision, text, state, prepared_by_id, note"
        " FROM entitlements_proposal",
        "one_open_proposal_a_book",
    ),
    # a second book on the same base, a second first book, a book of its own making
    (
        "INSERT INTO entitlements_revision (revision, text, prepared_by_id, approved_by_id,"
        " follows_id) SELECT 'x', '{}', prepared_by_id, approved_by_id, follows_id"
        " FROM entitlements_revision",
        "one_book_follows_another",
    ),
    (
        "INSERT INTO entitlements_revision (revision, text, prepared_by_id, approved_by_id,"
        " follows_id) SELECT 'y', '{}', prepared_by_id, approved_by_id, 'y'"
        " FROM entitlements_revision",
        "a_book_does_not_follow_itself",
    ),
)


@pytest.mark.parametrize(("attack", "name"), ATTACKS)
def test_raw_sql_adopts_nothing(house: town.Cast, attack: str, name: str) -> None:
    proposed(house, "dibao_line=1150")
    with (
        pytest.raises(DatabaseError, match=name),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(attack)


def test_what_was_decided_is_decided(house: town.Cast) -> None:
    waits = proposed(house, "dibao_line=1150")
    adoption.reject_proposal(waits.pk, house.liang, "等文件", AT)
    for attack in ("state = 'proposed', decided_by_id = NULL, decided_at = NULL", "note = 'y'"):
        with (
            pytest.raises(DatabaseError, match="has ended"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE entitlements_proposal SET {attack}")


def test_a_town_reads_a_proposal_and_writes_none_and_strangers_see_nothing(
    house: town.Cast,
) -> None:
    waits = proposed(house, "dibao_line=1150")
    with scope.hold(town.eyes(house.wang)):
        assert Proposal.objects.count() == 1
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            adoption.propose_book(changed("dibao_line=1300"), town.CITY, house.wang, AT)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            adoption.reject_proposal(waits.pk, house.wang, "x", AT)
    for eyes in (scope.PUBLIC, scope.NOTHING):
        with scope.hold(eyes):
            assert not Proposal.objects.exists()
