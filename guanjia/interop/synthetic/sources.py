"""The registers and visits from which the made-up facts are said to come."""

VISIT, POLICE = "synthetic-visit", "synthetic-police"

NAMES = {
    VISIT: "入户调查",
    POLICE: "公安户籍登记",
    "synthetic-work": "税务、社保登记",
    "synthetic-check": "家庭经济状况核对",
    "synthetic-property": "不动产、车船登记",
    "synthetic-disabled": "残联持证残疾人登记",
    "synthetic-medical": "医保登记",
    "synthetic-school": "教育学籍登记",
    "synthetic-elsewhere": "工伤、离休等补贴登记",
}
"""Code to name; every one of them is marked as synthetic."""

KINDS = {
    POLICE: ("hukou", "relation", "marital", "alive"),
    "synthetic-work": ("wages", "basic_pension", "social_insurance", "insurance_contribution"),
    "synthetic-check": (
        *("transfers_in", "business", "property_income"),
        *("deposits", "securities", "internet_finance", "commercial_insurance", "claims"),
    ),
    "synthetic-property": ("houses", "vehicles"),
    "synthetic-disabled": ("disability_kind", "disability_level"),
    "synthetic-medical": ("serious_illness", "medical_own", "rehabilitation_own"),
    "synthetic-school": ("student_stage",),
    "synthetic-elsewhere": ("injury_nursing", "same_kind_care", "same_kind_living"),
}
_SOURCE = {kind: code for code, kinds in KINDS.items() for kind in kinds}


def of(kind: str) -> str:
    """The code of the source that facts of this kind come from; what no register has, a visit found."""
    return _SOURCE.get(kind, VISIT)
