"""The benefits of a household as OpenFisca formulas: 低保, its margin, and relief of great expenses."""

import numpy as np

from bench.peer.facts import ASSETS, HOUSEHOLD, Wide, YesNo
from bench.peer.persons import sum_of_few


class members(Wide, of=HOUSEHOLD):
    """Those counted for the minimum living allowance."""

    def formula(household, period):
        return household.sum(household.members("counted", period))


class all_present(Wide, of=HOUSEHOLD):
    """Living members of the family, those supported as destitute among them."""

    def formula(household, period):
        others = household.members("only_present", period)
        return household("members", period) + sum_of_few(household, others, others)


class a_registered_member(YesNo, of=HOUSEHOLD):
    """One of the family has local registration."""

    def formula(household, period):
        person = household.members
        return household.any(person("registered", period) & person("in_family", period))


class assets(Wide, of=HOUSEHOLD):
    """What the family could spend at once."""

    def formula(household, period):
        found = household(ASSETS[0], period) + household(ASSETS[1], period)
        for name in ASSETS[2:]:
            found += household(name, period)
        return found


class within_one_limit(YesNo, of=HOUSEHOLD):
    """The family's assets are within what one person may have."""

    def formula(household, period, parameters):
        p = parameters(period)
        return household("assets", period) <= p.deposit_months * p.dibao_line


class counted_income(Wide, of=HOUSEHOLD):
    """The month's income of those counted."""

    def formula(household, period):
        person = household.members
        return household.sum(person("own_income", period) * person("counted", period))


class deemed_income(Wide, of=HOUSEHOLD):
    """What those who keep refusing work are taken to earn beyond it: up to the minimum wage."""

    def formula(household, period, parameters):
        person = household.members
        short = np.maximum(parameters(period).minimum_wage - person("wages", period), 0)
        return sum_of_few(household, short, person("refuses_work", period))


class dibao_short(Wide, of=HOUSEHOLD):
    """What six months' income, deemed wages included, lacks to the line times the members."""

    def formula(household, period, parameters):
        p = parameters(period)
        income = household("counted_income", period) + household("deemed_income", period)
        income *= p.income_months
        return (p.income_months * p.dibao_line) * household("members", period) - income


class dibao_entitled(YesNo, of=HOUSEHOLD):
    """Poor in income, assets, houses and vehicles."""

    def formula_2019(household, period, parameters):
        p = parameters(period)
        limit = (p.deposit_months * p.dibao_line) * household("members", period)
        entitled = household("dibao_short", period) > 0
        entitled &= household("a_registered_member", period)
        entitled &= household("assets", period) <= limit
        entitled &= household("houses", period) <= p.house_limit
        entitled &= household("vehicles", period) == 0
        return entitled


class dibao_gross(Wide, of=HOUSEHOLD):
    """The difference to the line, rounded up to a fen, and food and gas for each member."""

    def formula(household, period, parameters):
        p = parameters(period)
        difference = -(-np.maximum(household("dibao_short", period), 0) // p.income_months)
        difference += p.food_gas * household("members", period)
        return difference * household("dibao_entitled", period)


class dibao_or_held(YesNo, of=HOUSEHOLD):
    """Entitled to the minimum living allowance, or holding it."""

    def formula(household, period):
        return household("dibao_entitled", period) | household("held_dibao", period)


class held_and_entitled(YesNo, of=HOUSEHOLD):
    """Holding the minimum living allowance and entitled to it, so that it reduces others."""

    def formula(household, period):
        return household("dibao_entitled", period) & household("held_dibao", period)


class bianyuan_entitled(YesNo, of=HOUSEHOLD):
    """Just above the minimum living allowance: a class, which pays nothing itself."""

    def formula_2019(household, period, parameters):
        p = parameters(period)
        people = household("members", period)
        line = (p.margin_percent * p.income_months * p.dibao_line) * people
        entitled = (100 * p.income_months) * household("counted_income", period) < line
        entitled &= household("assets", period) <= (p.margin_deposit_months * p.dibao_line) * people
        entitled &= household("houses", period) <= p.house_limit
        entitled &= household("a_registered_member", period)
        entitled &= ~household("dibao_or_held", period)
        return entitled


class bianyuan_gross(Wide, of=HOUSEHOLD):
    """Nought."""

    def formula(household, _period):
        return household.filled_array(0, np.int64)


class year_income(Wide, of=HOUSEHOLD):
    """Twelve months' income of all who are present."""

    def formula(household, period, parameters):
        person = household.members
        others = person("only_present", period)
        income = sum_of_few(household, person("own_income", period), others)
        income += household("counted_income", period)
        return parameters(period).year_months * income


class year_spending(Wide, of=HOUSEHOLD):
    """Twelve months' rigid spending of all who are present."""

    def formula(household, period, parameters):
        person = household.members
        spending = household.sum(person("rigid_spending", period) * person("present", period))
        return parameters(period).year_months * spending


class a_resident_member(YesNo, of=HOUSEHOLD):
    """One of the family is registered, or from 2020 resident here."""

    def formula(household, period):
        return household("a_registered_member", period)

    def formula_2020(household, period):
        person = household.members
        here = person("hukou_local", period) | person("resident", period)
        return household.any(here & person("present", period))


class relief_expense_entitled(YesNo, of=HOUSEHOLD):
    """Of modest income and assets, with spending above what the family bears itself."""

    def formula_2019(household, period, parameters):
        p = parameters(period)
        people = household("all_present", period)
        entitled = household("year_spending", period) > p.own_deductible
        entitled &= household("year_income", period) < p.disposable_income * people
        entitled &= household("assets", period) <= p.asset_limit * people
        entitled &= household("a_resident_member", period)
        return entitled


class relief_expense_gross(Wide, of=HOUSEHOLD):
    """A share of the spending above the deductible, up to a cap."""

    def formula(household, period, parameters):
        p = parameters(period)
        above = np.maximum(household("year_spending", period) - p.own_deductible, 0)
        relief = np.minimum(above * p.relief_percent // 100, p.expense_cap)
        return relief * household("relief_expense_entitled", period)
