"""The benefits of a person as OpenFisca formulas: who is entitled, and to how much before relations."""

import numpy as np

from bench.peer.facts import PERSON, Array, Whole, Wide, YesNo
from bench.peer.persons import born_by, flat, of_few, one_of

SELF_CARE = (
    *("eats_alone", "dresses_alone", "leaves_bed_alone"),
    *("uses_toilet_alone", "walks_indoors_alone", "bathes_alone"),
)
LOST = ("dead", "missing")
UNABLE = (
    *("severe_disability", "serious_illness", "prison"),
    *("drug_rehab", "restricted", "lost_contact"),
)
UNABLE_2021 = (*UNABLE, "guardianship_revoked", "expelled")


class no_capacity(YesNo, of=PERSON):
    """Too old, too young or too disabled to work."""

    def formula(person, period, parameters):
        p, born = parameters(period), person("born_on", period)
        unable = (born <= born_by(period, p.age_elder)) | (born > born_by(period, p.age_child))
        unable |= person("of_mind", period) & person("severe", period)
        limb = one_of(person("disability_kind", period), "disability_kind", "limb")
        return unable | (limb & (person("disability_level", period) == 1))

    def formula_2021_07(person, period, parameters):
        p, born = parameters(period), person("born_on", period)
        level, kind = person("disability_level", period), person("disability_kind", period)
        stage = person("student_stage", period)
        unable = (born <= born_by(period, p.age_elder)) | (born > born_by(period, p.age_child))
        studies = one_of(stage, "student_stage", "compulsory", "senior")
        young = born > born_by(period, p.age_student)
        unable |= person("held_tekun", period) & young & studies
        unable |= person("of_mind", period) & (level >= 1) & (level <= 3)
        unable |= one_of(kind, "disability_kind", "limb") & person("severe", period)
        return unable | (one_of(kind, "disability_kind", "sight") & (level == 1))


class tekun_assets(YesNo, of=PERSON):
    """The family's assets are within the limit of one person."""

    def formula(person, period):
        return person.household("within_one_limit", period)


class parents_provide(YesNo, of=PERSON):
    """Not grown up, with a father or a mother who can provide."""

    def formula(person, period, parameters):
        young = person("born_on", period) > born_by(period, parameters(period).age_student)
        able = one_of(person("father_state", period), "father_state", "able")
        return young & (able | one_of(person("mother_state", period), "mother_state", "able"))


class tekun_entitled(YesNo, of=PERSON):
    """Without capacity, income and support."""

    def formula_2019(person, period):
        entitled = person("registered", period) & person("no_capacity", period)
        entitled &= person("below_line", period)
        entitled &= one_of(person("supporters", period), "supporters", "none", "unable")
        entitled &= ~person("parents_provide", period)
        dibao = person("holds_dibao", period) | person("held_dibao_single", period)
        entitled &= person("held_tekun", period) | ~dibao
        return entitled & person("tekun_assets", period)


class tekun_gross(Wide, of=PERSON):
    """Basic living, and care by how many of the six things a person cannot do alone."""

    def formula(person, period, parameters):
        p = parameters(period)
        percents = np.array([p.care_none, *[p.care_part] * 3, *[p.care_full] * 3])
        by_unmet = p.tekun_line + (2 * percents * p.minimum_wage + 100) // 200
        done = [person(name, period) for name in SELF_CARE]
        return of_few(
            person("tekun_entitled", period),
            lambda few: by_unmet[len(done) - sum(alone[few].astype(int) for alone in done)],
        )


class dibao_single_case(YesNo, of=PERSON):
    """The situation that lets a person stand for himself."""

    def formula_2019_09(person, period):
        grown = ~person("minor", period) & (person("wages", period) == 0)
        of_mind = person("of_mind", period) & (person("disability_level", period) >= 3)
        return grown & (person("severe", period) | of_mind)

    def formula_2021_07(person, period):
        of_mind = person("of_mind", period) & (person("disability_level", period) == 3)
        case = person("serious_illness", period) | person("severe", period) | of_mind
        return case & person("in_margin", period)


class dibao_single_entitled(YesNo, of=PERSON):
    """Poor alone, where the household is not."""

    def formula_2019_09(person, period):
        entitled = person("registered", period) & person("below_line", period)
        entitled &= person("dibao_single_case", period)
        return entitled & ~person("in_dibao", period)


class dibao_single_gross(Wide, of=PERSON):
    """The difference to the line, rounded up to a fen, and food and gas."""

    def formula(person, period, parameters):
        p, income = parameters(period), person("own_income", period)
        n = p.income_months

        def difference(few: Array) -> Array:
            short = n * p.dibao_line - n * income[few]
            return -(-np.maximum(short, 0) // n) + p.food_gas

        return of_few(person("dibao_single_entitled", period), difference)


class disability_care_severe(YesNo, of=PERSON):
    """Disabled enough to need care."""

    def formula(person, period):
        return person("severe", period)

    def formula_2020(person, period):
        third = person("disability_level", period) == 3
        return person("severe", period) | (third & person("of_mind", period))


class disability_care_entitled(YesNo, of=PERSON):
    """Severely disabled, and not cared for from elsewhere."""

    def formula_2019(person, period, parameters):
        entitled = person("registered", period) & person("disability_care_severe", period)
        entitled &= ~person("injury_nursing", period)
        entitled &= person("same_kind_care", period) < parameters(period).care_allowance
        return entitled


class disability_care_gross(Whole, of=PERSON):
    """The allowance."""

    def formula(person, period, parameters):
        entitled = person("disability_care_entitled", period)
        return flat(entitled, parameters(period).care_allowance)


class hardship(YesNo, of=PERSON):
    """In a household of the minimum living allowance, from 2020 also of its margin."""

    def formula(person, period):
        return person("in_dibao", period)

    def formula_2020(person, period):
        return person("in_dibao", period) | person("in_margin", period)


class disability_living_entitled(YesNo, of=PERSON):
    """Disabled and in hardship."""

    def formula_2019(person, period, parameters):
        entitled = person("registered", period) & (person("disability_level", period) >= 1)
        entitled &= person("hardship", period)
        entitled &= ~person("injury_nursing", period)
        entitled &= person("same_kind_living", period) < parameters(period).living_allowance
        return entitled


class disability_living_gross(Whole, of=PERSON):
    """The allowance."""

    def formula(person, period, parameters):
        entitled = person("disability_living_entitled", period)
        return flat(entitled, parameters(period).living_allowance)


class disability_insurance_entitled(YesNo, of=PERSON):
    """Disabled, and insured among the residents."""

    def formula_2019(person, period):
        insured = one_of(person("social_insurance", period), "social_insurance", "residents")
        entitled = insured & person("registered", period)
        entitled &= person("disability_level", period) >= 1
        entitled &= person("insurance_contribution", period) > 0
        return entitled


class disability_insurance_gross(Wide, of=PERSON):
    """The person's own contribution."""

    def formula(person, period):
        paid = person("insurance_contribution", period)
        return paid * person("disability_insurance_entitled", period)


class longevity_entitled(YesNo, of=PERSON):
    """Old enough."""

    def formula_2019(person, period, parameters):
        old = person("born_on", period) <= born_by(period, parameters(period).age_first)
        return old & person("registered", period)


class longevity_gross(Whole, of=PERSON):
    """By age."""

    def formula(person, period, parameters):
        p, born = parameters(period), person("born_on", period)
        cuts = [born_by(period, age) for age in (p.age_fourth, p.age_third, p.age_second)]
        paid = np.array(
            [p.longevity_fourth, p.longevity_third, p.longevity_second, p.longevity_first], np.int32
        )
        entitled = person("longevity_entitled", period)
        return of_few(entitled, lambda few: paid[np.searchsorted(cuts, born[few])], np.int32)


class orphan_entitled(YesNo, of=PERSON):
    """A child who has lost both parents, and was not adopted."""

    def formula_2019(person, period):
        entitled = person("registered", period) & person("minor", period)
        entitled &= one_of(person("father_state", period), "father_state", *LOST)
        entitled &= one_of(person("mother_state", period), "mother_state", *LOST)
        entitled &= ~one_of(person("care_form", period), "care_form", "adopted")
        return entitled


class orphan_gross(Whole, of=PERSON):
    """The line."""

    def formula(person, period, parameters):
        return flat(person("orphan_entitled", period), parameters(period).orphan_line)


def _neither(person, period, unable: tuple[str, ...]) -> Array:
    """Neither parent can care for the child, and at least one is unable rather than lost."""
    father, mother = person("father_state", period), person("mother_state", period)
    father_unable = one_of(father, "father_state", *unable)
    mother_unable = one_of(mother, "mother_state", *unable)
    father_gone = father_unable | one_of(father, "father_state", *LOST)
    mother_gone = mother_unable | one_of(mother, "mother_state", *LOST)
    return father_gone & mother_gone & (father_unable | mother_unable)


class unattended_parents(YesNo, of=PERSON):
    """Nobody can bring the child up; from 2021 in more situations."""

    def formula_2020(person, period):
        return _neither(person, period, UNABLE)

    def formula_2021(person, period):
        return _neither(person, period, UNABLE_2021)


class unattended_entitled(YesNo, of=PERSON):
    """A child whom in fact nobody brings up."""

    def formula_2020(person, period):
        entitled = person("registered", period) & person("minor", period)
        return entitled & person("unattended_parents", period)


class unattended_gross(Whole, of=PERSON):
    """The line of orphans."""

    def formula(person, period, parameters):
        return flat(person("unattended_entitled", period), parameters(period).orphan_line)


class price_subsidy_entitled(YesNo, of=PERSON):
    """Supported by the city in a month of high prices."""

    end = "2020-11-30"

    def formula_2019_12(person, period, parameters):
        p = parameters(period)
        if p.cpi < p.cpi_trigger and p.food_cpi < p.food_trigger:
            return False
        held = person("holds_dibao", period) & person("in_family", period)
        for benefit in ("tekun", "orphan", "unattended", "dibao_single"):
            held |= person(f"held_{benefit}", period)
        return held & person("alive", period)


class price_subsidy_gross(Whole, of=PERSON):
    """The line times the index."""

    def formula(person, period, parameters):
        p = parameters(period)
        subsidy = (2 * p.dibao_line * p.scpi + 1000) // 2000
        return flat(person("price_subsidy_entitled", period), subsidy)


class relief_urgent_entitled(YesNo, of=PERSON):
    """Struck by an emergency; from 2020 also where only resident here."""

    def formula_2019(person, period):
        struck = ~one_of(person("emergency", period), "emergency", "none")
        return struck & person("registered", period)

    def formula_2020(person, period):
        struck = ~one_of(person("emergency", period), "emergency", "none")
        here = person("hukou_local", period) | person("resident", period)
        return struck & here & person("alive", period)


class relief_urgent_gross(Whole, of=PERSON):
    """Some months of the line, up to a cap."""

    def formula(person, period, parameters):
        p = parameters(period)
        relief = min(p.urgent_cap, p.dibao_line * p.relief_months)
        return flat(person("relief_urgent_entitled", period), relief)
