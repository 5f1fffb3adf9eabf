"""Training the suggestions on the city's own closed matters: by command, tested on a fifth held out.

The trainer's packages are imported by the one function that needs them: no door starts with them.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from guanjia.concerns.likeness import grams, suggest
from guanjia.concerns.likeness.suggest import Model, Tested
from guanjia.concerns.models import Concern, Sorting
from guanjia.policy.words import word

MOST, LEAST, LEAST_OF_ONE = 100_000, 60, 8
MOST_RUNS = 20_000
FIFTH = 5


class TooFew(ValueError):
    """Not enough closed matters, or not enough categories among them."""


@dataclass(frozen=True, slots=True)
class Told:
    """One closed matter: its words and under what it stood at last."""

    number: int
    text: str
    category: str
    synthetic: bool

    @property
    def held_out(self) -> bool:
        """Whether it is kept for the test: one in five, always the same ones."""
        return sha256(str(self.number).encode()).digest()[0] % FIFTH == 0


def closed(wanted: frozenset[str]) -> list[Told]:
    """The newest closed matters in sight, of the categories that are suggested."""
    last = Sorting.objects.filter(case=OuterRef("case_id")).order_by("-pk").values("category")[:1]
    rows = Concern.objects.filter(case__closed_at__isnull=False).order_by("-case_id")
    rows = rows.annotate(stood=Coalesce(Subquery(last), "category"))
    values = rows.values_list("case_id", "text", "stood", "synthetic")[:MOST]
    return [told for row in values.iterator() if (told := Told(*row)).category in wanted]


def train(told: list[Told], city: str, at: datetime) -> Model:
    """Fit, test on what was held out, fit again on all; write the file. Raises TooFew."""
    counts = Counter(one.category for one in told)
    codes = tuple(sorted(code for code, n in counts.items() if n >= LEAST_OF_ONE))
    told = [one for one in told if one.category in codes]
    seen = [one for one in told if not one.held_out]
    if len(told) < LEAST or len(codes) < 2 or {one.category for one in seen} != set(codes):
        raise TooFew(
            word(
                "办结的诉求还不够：要 {least} 件以上、两类以上，每类 {each} 件以上。"
                "现在够数的有 {count} 件、{kinds} 类。",
                least=LEAST,
                each=LEAST_OF_ONE,
                count=len(told),
                kinds=len(codes),
            )
        )
    about: dict[str, Any] = {"city": city, "trained_at": at.isoformat(), "trained_on": len(told)}
    about |= {"synthetic": sum(one.synthetic for one in told)}
    trial = Model(**about, **_fit(seen, codes), tested={})
    made = Model(**about, **_fit(told, codes), tested=_tested(trial, told))
    suggest.write(made)
    return made


def _tested(trial: Model, told: list[Told]) -> dict[str, Tested]:
    asked, right = Counter[str](), Counter[str]()
    for one in told:
        if one.held_out:
            found = suggest.shares(trial, one.text)
            asked[one.category] += 1
            right[one.category] += bool(found) and max(found, key=found.__getitem__) == one.category
    return {code: Tested(asked[code], right[code]) for code in trial.categories}


def _fit(told: list[Told], codes: tuple[str, ...]) -> dict[str, Any]:
    """Weights of a linear model over runs of one to three characters."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    cut = TfidfVectorizer(
        analyzer=grams.one_to_three, min_df=2, max_features=MOST_RUNS, sublinear_tf=True
    )
    rows = cut.fit_transform([one.text for one in told])
    line = LogisticRegression(C=10.0, max_iter=300, class_weight="balanced")
    line.fit(rows, [codes.index(one.category) for one in told])
    weights, bias = line.coef_, line.intercept_
    if len(codes) == 2:  # one row says how far it is from the first
        weights, bias = [-weights[0], weights[0]], [-bias[0], bias[0]]
    kept = {
        run: [round(float(cut.idf_[at]), 4), *(round(float(row[at]), 4) for row in weights)]
        for run, at in cut.vocabulary_.items()
    }
    return {"categories": codes, "bias": tuple(float(b) for b in bias), "weights": kept}
