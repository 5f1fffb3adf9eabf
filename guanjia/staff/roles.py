"""Roles and what each may do: one table, from which the gate and its tests are made."""

from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _


class May(StrEnum):
    """What a door may ask of a post."""

    SEE_PEOPLE = "see_people"
    SEE_MONEY = "see_money"
    ASK_RUN = "ask_run"
    APPROVE_RUN = "approve_run"
    SETTLE_LEADS = "settle_leads"
    SEE_DRAFTS = "see_drafts"
    HANDLE_CASES = "handle_cases"
    TAKE_IN = "take_in"
    MANAGE_POSTS = "manage_posts"
    IMPORT = "import"
    SEE_IMPORTS = "see_imports"
    PREPARE_CHANGE = "prepare_change"
    APPROVE_CHANGE = "approve_change"
    READ_LOG = "read_log"
    REVEAL_NUMBERS = "reveal_numbers"


CITY_CLERK = "city_clerk"
CITY_CHIEF = "city_chief"
TOWN_CLERK = "town_clerk"
TOWN_CHIEF = "town_chief"
VILLAGE_WORKER = "village_worker"
PROVIDER = "provider"
AUDITOR = "auditor"
ADMINISTRATOR = "administrator"

NAMES = {
    CITY_CLERK: _("市级经办"),
    CITY_CHIEF: _("市级审批"),
    TOWN_CLERK: _("镇街经办"),
    TOWN_CHIEF: _("镇街审批"),
    VILLAGE_WORKER: _("村（社区）协理员"),
    PROVIDER: _("服务机构"),
    AUDITOR: _("审计"),
    ADMINISTRATOR: _("系统管理"),
}

# Every desk that serves residents takes their concerns; an office decides and pays, and sees whole
# numbers, which those who check it never do; a clerk prepares what a chief approves.
SERVES = frozenset({May.SEE_PEOPLE, May.HANDLE_CASES, May.TAKE_IN})
OFFICE = SERVES | {May.SEE_MONEY, May.SETTLE_LEADS, May.REVEAL_NUMBERS}
CLERK = OFFICE | {May.IMPORT, May.SEE_IMPORTS, May.PREPARE_CHANGE}
CHIEF = OFFICE | {May.APPROVE_CHANGE}

ROLES: dict[str, frozenset[May]] = {
    CITY_CLERK: CLERK | {May.ASK_RUN, May.SEE_DRAFTS},
    # Who approves runs lets the awards of an import in.
    CITY_CHIEF: CHIEF | {May.APPROVE_RUN, May.SEE_DRAFTS, May.SEE_IMPORTS},
    TOWN_CLERK: CLERK,
    TOWN_CHIEF: CHIEF,
    VILLAGE_WORKER: SERVES,
    # A provider's doors come with the programme that it serves; none of today's is for it.
    PROVIDER: frozenset(),
    AUDITOR: frozenset({May.SEE_PEOPLE, May.SEE_MONEY, May.SEE_DRAFTS, May.READ_LOG}),
    ADMINISTRATOR: frozenset({May.MANAGE_POSTS, May.IMPORT, May.SEE_IMPORTS}),
}

# Domain rule: who approves or exports money signs in with a second factor.
SECOND_FACTOR = frozenset({CITY_CLERK, CITY_CHIEF, TOWN_CHIEF, AUDITOR, ADMINISTRATOR})

# A resident holds no post: the scope kind of somebody who reads of himself alone, and no more.
RESIDENT = "resident"

# To whom work falls that nobody took over.
CHIEFS = (TOWN_CHIEF, CITY_CHIEF)
# Apart from all office work, wherever it is: who runs the system, who audits it, who is paid by it.
APART = (ADMINISTRATOR, AUDITOR, PROVIDER)


class Pair(NamedTuple):
    """Two roles that one person does not hold at the same time; `anywhere`, or only in one place."""

    one: str
    other: str
    anywhere: bool


# Domain rule: the one who prepares does not approve; system, audit and business are three persons.
INCOMPATIBLE: tuple[Pair, ...] = (
    Pair(VILLAGE_WORKER, TOWN_CHIEF, anywhere=False),
    Pair(VILLAGE_WORKER, CITY_CHIEF, anywhere=False),
    Pair(TOWN_CLERK, TOWN_CHIEF, anywhere=False),
    Pair(TOWN_CLERK, CITY_CHIEF, anywhere=False),
    Pair(CITY_CLERK, TOWN_CHIEF, anywhere=False),
    Pair(CITY_CLERK, CITY_CHIEF, anywhere=False),
    *(
        Pair(apart, role, anywhere=True)
        for number, apart in enumerate(APART)
        for role in NAMES
        if role not in APART[: number + 1]
    ),
)


def incompatible(one: str, other: str, nested: bool) -> bool:
    """Whether one person may not hold both; `nested`: one post's place lies within the other's."""
    return any(
        {pair.one, pair.other} == {one, other} and (pair.anywhere or nested)
        for pair in INCOMPATIBLE
    )
