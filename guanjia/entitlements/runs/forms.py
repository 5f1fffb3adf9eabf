"""The forms of runs: a filter as a sentence, a month to ask for, a reason to give."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.kit import days
from guanjia.policy import words

Choices = Iterable[tuple[str, str | Promise]]
LONGEST_NOTE = 400
MONTHS_OFFERED = 18


class ChangeFilter(forms.Form):
    """Which changes of a run to list, read as a sentence: benefit · town."""

    benefit = forms.ChoiceField(label=gettext_lazy("待遇"), required=False)
    place = forms.ChoiceField(label=gettext_lazy("镇街"), required=False)

    def __init__(self, *args: Any, benefits: Choices, places: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {
            "benefit": [("", _("全部待遇")), *benefits],
            "place": [("", _("全部镇街")), *places],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class AskRun(forms.Form):
    """Which month to work out."""

    month = forms.ChoiceField(label=gettext_lazy("月份"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = [days.add_months(today, -back) for back in range(MONTHS_OFFERED)]
        self.fields["month"].choices = [  # type: ignore[attr-defined]
            (f"{m:%Y-%m}", words.month(m)) for m in months
        ]

    def clean_month(self) -> date:
        """The first day of the month."""
        return days.read_month(self.cleaned_data["month"])


class Reject(forms.Form):
    """Why a run goes back."""

    reason = forms.CharField(
        label=gettext_lazy("退回原因"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("请写明为什么退回，经办人要据此更正。")},
    )
