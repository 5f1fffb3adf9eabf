"""Departments and policies of a city, as data: what 莞家速递 knows, who is competent, what is promised."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from guanjia.policy.words import told, word

DEPARTMENTS, POLICIES = "departments.toml", "policies.toml"


class RegisterError(ValueError):
    """A register that names what is not there, or one code twice."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A row of a city's data: its code, its name in Chinese and in English; as text, the reader's."""

    code: str
    label: str
    en: str

    def __str__(self) -> str:
        return told(self.label, self.en)


@dataclass(frozen=True, slots=True)
class Department(Coded):
    """One of a city's departments. `status`: found | known | assumption | synthetic."""

    status: str
    about: str = ""
    about_en: str = ""


@dataclass(frozen=True, slots=True)
class Policy(Coded):
    """One policy that covers what residents ask. `chapter`: its chapter of the policy book, if it has one."""

    department: str
    category: str
    about: str
    about_en: str
    law: str
    status: str
    chapter: str = ""
    promise: str = ""

    @property
    def says(self) -> str:
        """What it covers, in the reader's language."""
        return told(self.about, self.about_en)


@dataclass(frozen=True, slots=True)
class Register:
    """Both, by code, in the order of the files."""

    departments: dict[str, Department]
    policies: dict[str, Policy]

    def of_category(self, category: str) -> list[Policy]:
        """The policies under which a matter of a category may fall."""
        return [p for p in self.policies.values() if p.category == category]

    @property
    def made_up(self) -> bool:
        """Whether rows stand in it that only show how it is filled."""
        return any(p.status == "synthetic" for p in self.policies.values())


@cache
def load(folder: Path) -> Register:
    """The registers of a city's folder; empty ones where the city has none. Raises RegisterError."""
    departments = [Department(**row) for row in _rows(folder / DEPARTMENTS, "department")]
    policies = [Policy(**row) for row in _rows(folder / POLICIES, "policy")]
    found = Register({d.code: d for d in departments}, {p.code: p for p in policies})
    if len(found.departments) < len(departments) or len(found.policies) < len(policies):
        raise RegisterError(
            word("部门和政策的代号不能重复：{file}", file=f"{DEPARTMENTS}, {POLICIES}")
        )
    lost = sorted({p.department for p in policies} - found.departments.keys())
    if lost:
        raise RegisterError(
            word("{file} 提到的部门没有登记：{what}", file=POLICIES, what="、".join(lost))
        )
    return found


def _rows(file: Path, what: str) -> list[dict[str, str]]:
    if not file.exists():
        return []
    rows: list[dict[str, str]] = tomllib.loads(file.read_text(encoding="utf-8")).get(what, [])
    return rows
