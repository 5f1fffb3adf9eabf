"""Roles and what each may do: one table, from which the gate and its tests are made."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class May(StrEnum):
    """What a door may ask of a post."""

    SEE_PEOPLE = "see_people"
    SEE_MONEY = "see_money"
    ASK_RUN = "ask_run"
    APPROVE_RUN = "approve_run"
    SETTLE_LEADS = "settle_leads"
    SEE_DRAFTS = "see_drafts"
    MANAGE_POSTS = "manage_posts"
    READ_LOG = "read_log"
    REVEAL_NUMBERS = "reveal_numbers"


CITY_CLERK = "city_clerk"
CITY_CHIEF = "city_chief"
TOWN_CLERK = "town_clerk"
TOWN_CHIEF = "town_chief"
VILLAGE_WORKER = "village_worker"
AUDITOR = "auditor"
ADMINISTRATOR = "administrator"

NAMES = {
    CITY_CLERK: _("市级经办"),
    CITY_CHIEF: _("市级审批"),
    TOWN_CLERK: _("镇街经办"),
    TOWN_CHIEF: _("镇街审批"),
    VILLAGE_WORKER: _("村（社区）协理员"),
    AUDITOR: _("审计"),
    ADMINISTRATOR: _("系统管理"),
}

ROLES: dict[str, frozenset[May]] = {
    CITY_CLERK: frozenset(
        {May.SEE_PEOPLE, May.SEE_MONEY, May.ASK_RUN, May.SETTLE_LEADS, May.SEE_DRAFTS}
    ),
    CITY_CHIEF: frozenset(
        {May.SEE_PEOPLE, May.SEE_MONEY, May.APPROVE_RUN, May.SETTLE_LEADS, May.SEE_DRAFTS}
    ),
    TOWN_CLERK: frozenset({May.SEE_PEOPLE, May.SEE_MONEY, May.SETTLE_LEADS}),
    TOWN_CHIEF: frozenset({May.SEE_PEOPLE, May.SEE_MONEY, May.SETTLE_LEADS}),
    VILLAGE_WORKER: frozenset({May.SEE_PEOPLE}),
    AUDITOR: frozenset({May.SEE_PEOPLE, May.SEE_MONEY, May.SEE_DRAFTS, May.READ_LOG}),
    ADMINISTRATOR: frozenset({May.MANAGE_POSTS}),
}

# Whole numbers are seen by those who settle a person's matter, never by those who check it.
for _role in (CITY_CLERK, CITY_CHIEF, TOWN_CLERK, TOWN_CHIEF):
    ROLES[_role] |= {May.REVEAL_NUMBERS}

# Domain rule: who approves or exports money signs in with a second factor.
SECOND_FACTOR = frozenset({CITY_CLERK, CITY_CHIEF, TOWN_CHIEF, AUDITOR, ADMINISTRATOR})
