"""What stands beside a matter for whoever works on it: likely categories, likely the same, personal data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanjia.cases.models import Case
from guanjia.concerns.likeness import duplicates, grams, personal, suggest
from guanjia.concerns.likeness.duplicates import Near
from guanjia.concerns.rules.brand import Brand
from guanjia.people import words as people_words
from guanjia.places import queries as places

PERSONAL: dict[str, Promise] = {
    "document": _("证件号"),
    "phone": _("电话"),
    "card": _("银行卡号"),
    "plate": _("车牌"),
    "door": _("门牌"),
}
COVERS = 3


@dataclass(frozen=True, slots=True)
class Likely:
    """A category that it may be, with the share of it in hundredths."""

    code: str
    name: str
    percent: int


@dataclass(frozen=True, slots=True)
class Same:
    """A matter that may be the same one. Its words are shown masked."""

    number: int
    text: str
    where: str
    at: datetime
    percent: int


@dataclass(frozen=True, slots=True)
class Beside:
    """All of it. `policies`: codes and names of those whose words come near. `personal`: kinds found."""

    likely: Sequence[Likely]
    policies: Sequence[tuple[str, str]]
    same: Sequence[Same]
    personal: Sequence[Promise]


def of_text(text: str, place: str, known: Brand, at: datetime) -> Beside:
    """Of what is being written down; `place` is '' while nobody has said where."""
    return _beside(text, duplicates.like(text, place, at) if place else [], known)


def of_case(case: Case, known: Brand) -> Beside:
    """Of a matter that stands here."""
    return _beside(case.concern.text, duplicates.near(case), known)


def _beside(text: str, near: Sequence[Near], known: Brand) -> Beside:
    names = places.names(one.case.place_id for one in near) if near else {}
    kinds = dict.fromkeys(one.kind for one in personal.found(text))
    return Beside(
        likely=[
            Likely(code, str(known.categories[code]), round(share * 100))
            for code, share in suggest.categories(text)
            if code in known.categories
        ],
        policies=nearly(text, known),
        same=[
            Same(
                one.case.pk,
                personal.masked(one.case.concern.text),
                people_words.place_words(one.case.place_id, names),
                one.case.opened_at,
                one.percent,
            )
            for one in near
        ],
        personal=[PERSONAL[kind] for kind in kinds],
    )


def nearly(text: str, known: Brand, most: int = COVERS, least: int = 2) -> list[tuple[str, str]]:
    """The policies whose own words stand in a text, those with the most of them first.

    A pair of characters of its name counts for two, one of what it covers for one; `least` are needed.
    """
    mine = grams.telling(text)
    found = []
    for policy in known.register.policies.values():
        name, about = grams.telling(policy.label), grams.telling(policy.about)
        shared = 2 * len(mine & name) + len(mine & (about - name))
        if shared >= least:
            found.append((-shared, policy.code, str(policy)))
    return [(code, name) for _n, code, name in sorted(found)[:most]]
