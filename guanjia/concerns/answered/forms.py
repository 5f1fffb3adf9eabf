"""The forms after an answer: whom to call, what came of it, how others would read a matter."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.concerns.models import LONGEST_TEXT


class CallFilter(forms.Form):
    """Whom to call: those whom the post's own desk answered, or all below it too."""

    desk = forms.ChoiceField(
        label=gettext_lazy("谁承办"),
        required=False,
        choices=[("", gettext_lazy("本岗位承办")), ("all", gettext_lazy("本岗位和下级承办"))],
    )


class CallForm(forms.Form):
    """What came of one call."""

    step = forms.IntegerField(min_value=0, max_value=32000)
    reached = forms.ChoiceField(
        label=gettext_lazy("打通了吗"),
        choices=[
            ("yes", gettext_lazy("打通了")),
            ("no", gettext_lazy("没有打通，下次再打")),
            ("never", gettext_lazy("打不通，也不用再打（没留电话、空号）")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一项。")},
    )
    solved = forms.ChoiceField(
        label=gettext_lazy("对方说：事情解决了吗"),
        choices=[
            ("yes", gettext_lazy("解决了")),
            ("no", gettext_lazy("没有解决")),
            ("", gettext_lazy("不愿回答")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    satisfied = forms.ChoiceField(
        label=gettext_lazy("对方说：满意吗"),
        choices=[
            ("yes", gettext_lazy("满意")),
            ("no", gettext_lazy("不满意")),
            ("", gettext_lazy("不愿回答")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    note = forms.CharField(
        label=gettext_lazy("对方的原话"),
        help_text=gettext_lazy("照实写，不要替人圆话。没有打通就写什么时候打的。"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """Both questions are answered or neither; without a connection neither."""
        said = super().clean() or {}
        if said.get("reached") != "yes":
            said |= {"solved": "", "satisfied": ""}
        elif bool(said.get("solved")) != bool(said.get("satisfied")):
            self.add_error("satisfied", _("两个问题要么都答，要么都选“不愿回答”。"))
        return said


class PublishForm(forms.Form):
    """An answered matter as others would read it."""

    question = forms.CharField(
        label=gettext_lazy("问的是什么"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    answer = forms.CharField(
        label=gettext_lazy("怎么答复的"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
