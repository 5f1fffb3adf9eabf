"""Merges and splits that a person is part of, asked for in one question."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Value

from guanjia.people.desk_models import JoinState, Merge, Split
from guanjia.people.models import DocumentKind

ROW = ("name", "document_mask", "document_kind")


@dataclass(frozen=True, slots=True)
class Join:
    """A merge (`one` stays, `other` goes) or a split (facts go from `one` to `other`)."""

    kind: str
    pk: int
    state: str
    decided_at: datetime | None
    one_id: int
    other_id: int
    one_name: str
    one_mask: str
    one_document: str
    other_name: str
    other_mask: str
    other_document: str

    @property
    def state_words(self) -> str:
        """The state as it is told."""
        return str(JoinState(self.state).label)

    @property
    def document_words(self) -> str:
        """What kind of document the other has."""
        return str(DocumentKind(self.other_document).label)


def of_person(person: int) -> list[Join]:
    """Those of a person, of any state, the latest first."""
    merges = Merge.objects.filter(Q(kept=person) | Q(gone=person)).values_list(
        *(Value("merge"), "pk", "state", "decided_at", "kept_id", "gone_id"),
        *(f"kept__{name}" for name in ROW),
        *(f"gone__{name}" for name in ROW),
    )
    splits = Split.objects.filter(Q(person=person) | Q(other=person)).values_list(
        *(Value("split"), "pk", "state", "decided_at", "person_id", "other_id"),
        *(f"person__{name}" for name in ROW),
        *(f"other__{name}" for name in ROW),
    )
    found = [Join(*row) for row in merges.union(splits, all=True)]
    return sorted(found, key=lambda row: (row.kind, -row.pk))
