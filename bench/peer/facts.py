"""Who is spoken of and what is known of them: entities, kinds of variables, facts as inputs.

OpenFisca keeps whole numbers in 32 bits, which wrap, and others in 32-bit floats, which round: sums of
fen are kept in 64-bit whole numbers here. A fact that is missing would count as nought, so each is asked.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum, EnumArray
from openfisca_core.periods import DateUnit
from openfisca_core.variables import Variable

Array = np.ndarray[Any, Any]

PERSON = build_entity("person", "persons", "A member of a household", is_person=True)
HOUSEHOLD = build_entity("household", "households", "A household", roles=[{"key": "member"}])

PARENT = (
    *("able", "dead", "missing", "severe_disability", "serious_illness", "prison", "drug_rehab"),
    *("restricted", "lost_contact", "guardianship_revoked", "expelled"),
)
CHOICES: dict[str, tuple[str, ...]] = {
    "disability_kind": (
        *("none", "sight", "hearing", "speech"),
        *("limb", "intellect", "mental", "multiple"),
    ),
    "supporters": ("none", "able", "unable"),
    "father_state": PARENT,
    "mother_state": PARENT,
    "care_form": ("parents", "relatives", "institution", "foster", "adopted"),
    "chosen_benefit": ("tekun", "orphan", "unattended"),
    "student_stage": ("none", "compulsory", "senior", "college", "postgraduate"),
    "social_insurance": ("none", "residents", "employees"),
    "emergency": ("none", "fire", "traffic", "illness", "other"),
}
"""The codes of each choice as declared: a column of a choice holds places in this order."""

KINDS: dict[str, Any] = {name: Enum(name, list(codes)) for name, codes in CHOICES.items()}

YES_NO = (
    *("alive", "hukou_local", "resident", "in_family", "able_to_work", "serious_illness"),
    *("eats_alone", "dresses_alone", "leaves_bed_alone"),
    *("uses_toilet_alone", "walks_indoors_alone", "bathes_alone", "injury_nursing"),
    *("held_tekun", "held_orphan", "held_unattended", "held_dibao_single"),
)
FEN = (
    *("wages", "work_costs", "business", "property_income", "transfers_in", "transfers_out"),
    *("medical_own", "education_own", "rehabilitation_own", "other_rigid"),
    *("insurance_contribution", "same_kind_living", "same_kind_care"),
)
ASSETS = ("deposits", "securities", "internet_finance", "commercial_insurance", "claims")


class Monthly(Variable):
    """A value a month; `of` is the entity. OpenFisca reads only what stands on the class itself."""

    kept_as: Any = None

    def __init_subclass__(cls, of: Any = None) -> None:
        cls.definition_period = DateUnit.MONTH
        if of is not None:
            cls.entity, cls.value_type = of, cls.value_type

    def __init__(self, baseline_variable: Any = None) -> None:
        super().__init__(baseline_variable)
        self.dtype = np.dtype(self.kept_as or self.dtype)


class YesNo(Monthly):
    """Yes or no."""

    value_type = bool


class Whole(Monthly):
    """A whole number in 32 bits: a day, a count, an allowance that is a figure as it stands."""

    value_type = int


class Wide(Monthly):
    """A whole number in 64 bits: what may pass two thousand million fen, or is multiplied by such."""

    value_type = int
    kept_as = np.int64


class Small(Monthly):
    """A level or a count of at most 255."""

    value_type = int
    kept_as = np.uint8


class Choice(Monthly):
    """One code of a declared few."""

    value_type = Enum
    kept_as = np.uint8


def inputs() -> Iterator[type[Variable]]:
    """Every fact that a rule reads, as a variable without a formula."""
    yield from (type(name, (YesNo,), {}, of=PERSON) for name in YES_NO)
    yield from (type(name, (Wide,), {}, of=PERSON) for name in FEN)
    yield from (type(n, (Small,), {}, of=PERSON) for n in ("disability_level", "refused_jobs"))
    yield type("born_on", (Whole,), {}, of=PERSON)
    for name, kind in KINDS.items():
        first = {"possible_values": kind, "default_value": next(iter(kind))}
        yield type(name, (Choice,), first, of=PERSON)
    yield from (type(name, (Wide,), {}, of=HOUSEHOLD) for name in ASSETS)
    yield from (type(n, (Whole,), {}, of=HOUSEHOLD) for n in ("vehicles", "houses"))
    yield type("held_dibao", (YesNo,), {}, of=HOUSEHOLD)


def encode(name: str, codes: Any) -> Array:
    """A column of a choice's codes as places in their declared order; done once, before any clock.

    Raises ValueError for a code that is not declared, and for one that is not known.
    """
    places = pc.index_in(pa.array(codes), value_set=pa.array(CHOICES[name]))
    if places.null_count:
        raise ValueError(f"{name} holds a code that is none of {', '.join(CHOICES[name])}")
    return np.asarray(places).astype(np.uint8)


def as_kept(variable: Variable, values: Array) -> Array:
    """What the simulation keeps, without a copy where the kind fits: a choice under its Enum.

    Raises TypeError for what is neither yes-or-no nor whole (a day is a number of days), OverflowError
    for a number that would wrap.
    """
    kept = variable.dtype
    if values.dtype.kind not in ("b" if kept.kind == "b" else "biu"):
        raise TypeError(f"{variable.name} cannot be read from {values.dtype}")
    if not np.can_cast(values.dtype, kept) and values.size:
        least, most = np.iinfo(kept).min, np.iinfo(kept).max
        if values.min() < least or values.max() > most:
            raise OverflowError(f"{variable.name} reaches beyond {least} to {most}")
    kind = KINDS.get(variable.name)
    return values if kind is None else EnumArray(values, kind)
