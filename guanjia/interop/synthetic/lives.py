"""From parts to persons: names, numbers, 户籍, marriage, school."""

from datetime import date, timedelta
from random import Random

from guanjia.interop.synthetic import names
from guanjia.interop.synthetic.draft import FROM, REFERENCE, Draft
from guanjia.interop.synthetic.numbers import HONG_KONG, Numbers
from guanjia.interop.synthetic.shapes import HEAD, PARENT, SPOUSE, Part
from guanjia.people.records import NewPerson

ELSEWHERE = "elsewhere"


def enter(
    random: Random, numbers: Numbers, parts: list[Part], local: bool, hukou: str
) -> list[Draft]:
    """The members of a household, in register order; `hukou` is where the local ones are registered."""
    family_name = names.surname(random, local)
    drafts = []
    for relation, sex, age in parts:
        in_law = relation == SPOUSE
        here = local and not (in_law and random.random() < 0.1)
        own = in_law or (relation == PARENT and sex == "2") or relation == "8"
        called = names.surname(random, here) if own else family_name
        drafts.append(_person(random, numbers, called, (relation, sex, age), here))
        drafts[-1].say("hukou", hukou if here else ELSEWHERE)
        if len(parts) > 1:
            drafts[-1].say("relation", relation)
    if local:
        for draft in drafts:
            _civil(random, draft, drafts)
    return drafts


def born(random: Random, age: int) -> date:
    """A birth date of somebody who is `age` on the reference day."""
    back = REFERENCE.replace(year=REFERENCE.year - age)
    return back - timedelta(days=random.randrange(365))


def _person(random: Random, numbers: Numbers, called: str, part: Part, local: bool) -> Draft:
    relation, sex, age = part
    born_on = born(random, age)
    number, kind = _document(random, numbers, born_on, sex, local)
    person = NewPerson(
        called + names.given(random, sex, born_on.year),
        *(sex, born_on, number, kind),
        since=max(FROM, born_on),
    )
    return Draft(person, age, relation, local)


def _document(
    random: Random, numbers: Numbers, born_on: date, sex: str, local: bool
) -> tuple[str, str]:
    draw = 1.0 if local else random.random()
    if draw < 0.001:
        return f"G{random.randrange(10**8):08d}", "passport"
    if draw < 0.002:
        return "", "none"
    if draw < 0.004:
        return numbers.of_area(HONG_KONG, born_on, sex), "hk_mo_tw_residence"
    return numbers.citizen(random, born_on, sex, local), "citizen"


def _civil(random: Random, draft: Draft, home: list[Draft]) -> None:
    if draft.age >= 22:
        draft.say("marital", _marital(random, draft, home))
    if 6 <= draft.age < 22:
        stage = "compulsory" if draft.age < 15 else "senior" if draft.age < 18 else "college"
        if stage != "college" or random.random() < 0.6:
            draft.say("student_stage", stage)


def _marital(random: Random, draft: Draft, home: list[Draft]) -> str:
    paired = any(d.relation == SPOUSE for d in home)
    if draft.relation == SPOUSE or (draft.relation == HEAD and paired):
        return "20"
    if draft.age >= 60:
        return "30" if random.random() < 0.8 else "20"
    if len(home) > 1:
        return "40" if random.random() < 0.6 else "30"
    return "10" if random.random() < 0.8 else "40"
