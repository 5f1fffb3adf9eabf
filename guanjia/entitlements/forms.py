"""The forms of leads and runs: filters as a sentence, a month to ask for, a reason to give."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.entitlements.models import LeadKind, LeadState
from guanjia.kit import days
from guanjia.policy import words

Choices = Iterable[tuple[str, str | Promise]]
LONGEST_NOTE = 400
MONTHS_OFFERED = 18


class LeadFilter(forms.Form):
    """Which leads to list, read as a sentence: place · kind · benefit · state."""

    place = forms.ChoiceField(label=gettext_lazy("地方"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("线索类别"), required=False)
    benefit = forms.ChoiceField(label=gettext_lazy("待遇"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("处理情况"), required=False)

    def __init__(self, *args: Any, places: Choices, benefits: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: list[tuple[str, str | Promise]] = [(kind.value, kind.label) for kind in LeadKind]
        states: list[tuple[str, str | Promise]] = [
            (state.value, state.label) for state in LeadState
        ]
        self._offer("place", places)
        self._offer("kind", [("", _("全部线索")), *kinds])
        self._offer("benefit", [("", _("全部待遇")), *benefits])
        self._offer("state", [*states, ("all", _("不论处理情况"))])

    def _offer(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]


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


class Settle(forms.Form):
    """What a visit found, and in words."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("核实结果"),
        choices=[
            (LeadState.CONFIRMED, gettext_lazy("属实")),
            (LeadState.DISMISSED, gettext_lazy("不属实")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择属实还是不属实。")},
    )
    note = forms.CharField(
        label=gettext_lazy("说明"),
        help_text=gettext_lazy("何时、由谁、怎样核实的，看到了什么。"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": gettext_lazy("请写明怎样核实的，例如：3月2日入户，老人独居，愿意申请。")
        },
    )


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
