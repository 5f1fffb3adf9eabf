"""The form of an account's statement: its filter, read as a sentence."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.kit import days
from guanjia.ledger.models import EntryKind
from guanjia.ledger.page_queries import CAME, WENT, Wanted
from guanjia.policy import words

MONTHS_OFFERED = 36


class TransferFilter(forms.Form):
    """Which transfers to list: in or out · why · the month in which they were posted."""

    way = forms.ChoiceField(label=gettext_lazy("收支"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("事由"), required=False)
    month = forms.ChoiceField(label=gettext_lazy("记账月份"), required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = [days.add_months(today, -back) for back in range(MONTHS_OFFERED)]
        offered = {
            "way": [("", _("收入和支出")), (CAME, _("只看收入")), (WENT, _("只看支出"))],
            "kind": [("", _("全部事由")), *((one.value, str(one.label)) for one in EntryKind)],
            "month": [("", _("不论月份")), *((f"{m:%Y-%m}", words.month(m)) for m in months)],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Wanted:
        """The filter, once the form is valid."""
        month = self.cleaned_data["month"]
        return Wanted(
            self.cleaned_data["way"],
            self.cleaned_data["kind"],
            days.read_month(month) if month else None,
        )
