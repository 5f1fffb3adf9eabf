"""The figures as OpenFisca parameters: fen, months, years of age, per cent and per mille, by date."""

from openfisca_core.parameters import ParameterNode

Rows = dict[str, int]

SINCE_2019 = {
    "income_months": 6,
    "year_months": 12,
    "margin_percent": 150,
    "deposit_months": 24,
    "margin_deposit_months": 36,
    "house_limit": 1,
    "refusals": 3,
    "care_none": 2,
    "care_part": 30,
    "care_full": 60,
    "age_elder": 60,
    "age_child": 16,
    "age_student": 18,
    "age_adult": 18,
    "age_first": 70,
    "age_second": 80,
    "age_third": 90,
    "age_fourth": 100,
    "longevity_first": 100_00,
    "longevity_second": 150_00,
    "longevity_third": 250_00,
    "longevity_fourth": 550_00,
    "cpi_trigger": 35,
    "food_trigger": 60,
    "relief_months": 3,
    "urgent_cap": 10_000_00,
    "disposable_income": 50_000_00,
    "own_deductible": 5_000_00,
    "relief_percent": 60,
    "expense_cap": 20_000_00,
    "asset_limit": 50_000_00,
}
ADJUSTED: dict[str, Rows] = {
    "dibao_line": {"2019-01-01": 980_00, "2020-01-01": 1060_00},
    "tekun_line": {"2019-01-01": 1568_00, "2020-01-01": 1696_00},
    "orphan_line": {"2019-01-01": 1685_00, "2020-01-01": 1820_00},
    "living_allowance": {"2019-01-01": 165_00, "2020-01-01": 200_00},
    "care_allowance": {"2019-01-01": 220_00, "2020-01-01": 300_00},
    "food_gas": {"2019-01-01": 0, "2020-01-01": 80_00},  # paid from 2020
    "minimum_wage": {"2018-07-01": 1720_00, "2021-12-01": 1900_00},
}
CPI = (45, 45, 54, 52, 43, 33, 24, 25, 27, 24, 17, 5)
FOOD_CPI = (191, 174, 206, 219, 183, 148, 106, 111, 132, 112, 79, 22)


def tree() -> ParameterNode:
    """Every figure as a leaf of one node."""
    rows = {name: {"2019-01-01": value} for name, value in SINCE_2019.items()} | ADJUSTED
    rows |= {"cpi": _months(CPI), "scpi": _months(CPI), "food_cpi": _months(FOOD_CPI)}
    data = {
        name: {"values": {since: {"value": value} for since, value in dated.items()}}
        for name, dated in rows.items()
    }
    return ParameterNode("", data=data)


def _months(values: tuple[int, ...]) -> Rows:
    """One value a month from December 2019 on."""
    first = 2019 * 12 + 11
    return {
        f"{month // 12}-{month % 12 + 1:02d}-01": value for month, value in enumerate(values, first)
    }
