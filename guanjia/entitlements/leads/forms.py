"""The forms of leads: which to list, read as a sentence, and what a visit found."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.entitlements.models import LeadKind, LeadState
from guanjia.entitlements.runs.forms import LONGEST_NOTE, Choices


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
