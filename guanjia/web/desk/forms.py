"""The forms of the desk: a change of one fact, a registration, a merge, a reason."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.people import documents
from guanjia.people.models import DocumentKind, ReachReason, Source
from guanjia.people.records import NewFact, Value
from guanjia.people.registering import Stated
from guanjia.policy import facts, words
from guanjia.policy.facts import BadFact, Fact

Choices = Iterable[tuple[str, str]]
UNKNOWN = "unknown"
REASON = {"required": gettext_lazy("请写明原因，复核的人才能判断。")}


def day(**more: Any) -> forms.DateField:
    """A day, by the browser's own calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    wrong = {"invalid": gettext_lazy("请写一个日期，例如 2020-03-01。")}
    wrong["required"] = gettext_lazy("请写一个日期，例如 2020-03-01。")
    return forms.DateField(widget=widget, error_messages=wrong, **more)


def words_field(label: Any, required: bool = True, most: int = 400) -> forms.CharField:
    """Some sentences."""
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(
        label=label, widget=widget, required=required, max_length=most, error_messages=REASON
    )


class Reason(forms.Form):
    """Why not."""

    reason = words_field(gettext_lazy("原因"))


class Change(forms.Form):
    """One fact: what it is to be, from when until when, why, and by which paper."""

    value = forms.CharField(label=gettext_lazy("改为"), max_length=40)
    key = forms.CharField(
        label=gettext_lazy("是哪一个（同一事项有几个时，例如单位名称）"),
        required=False,
        max_length=40,
    )
    since = day(label=gettext_lazy("从哪一天起"))
    last = day(
        label=gettext_lazy("到哪一天止"),
        required=False,
        help_text=gettext_lazy("含这一天；一直有效的，不填。"),
    )
    reason = words_field(gettext_lazy("原因"))
    source = forms.ModelChoiceField(
        label=gettext_lazy("资料来源"),
        queryset=Source.objects.order_by("code"),
        error_messages={"required": gettext_lazy("请选资料来自哪里。")},
    )
    document = forms.CharField(
        label=gettext_lazy("依据的材料"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("例如：工资证明 2020年3月15日。"),
    )

    def __init__(self, *args: Any, fact: Fact, places: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fact = fact
        unknown = (UNKNOWN, _("不知道，要再问"))
        if fact.type == "yes_no":
            self._choose([("yes", _("是")), ("no", _("否")), unknown])
        elif fact.type == "choice":
            told = [(code, words.told(said)) for code, said in fact.choices.items()]
            self._choose([*told, *([] if UNKNOWN in fact.choices else [unknown])])
        elif fact.type == "place":
            self._choose([*places, ("elsewhere", _("外地")), unknown])
        else:
            self.fields["value"].help_text = _("不知道的，填“不知道”。%(form)s") % {
                "form": _("写成元，例如 1999.00。") if fact.type == "fen" else ""
            }
        if fact.by_month:
            self.fields["since"].help_text = _("按月的事项，从某个月的1日起。")

    def _choose(self, choices: list[tuple[str, str]]) -> None:
        self.fields["value"] = forms.ChoiceField(
            label=_("改为"), choices=[("", _("请选择")), *choices]
        )

    def clean_value(self) -> Value:
        """The value as it is recorded; None: not known."""
        text = self.cleaned_data["value"].strip()
        if text in ("不知道", UNKNOWN) and UNKNOWN not in self.fact.choices:
            return None
        try:
            read = self.fact.read(self._typed(text))
        except (BadFact, ValueError):
            raise forms.ValidationError(self.fact.form()) from None
        return read[0][2] if isinstance(read, tuple) else read

    def _typed(self, text: str) -> object:
        """What the declaration reads: a number, a day or yes and no as such, money as text."""
        if self.fact.type == "yes_no":
            return text == "yes"
        if self.fact.type == "whole":
            return int(text)
        return date.fromisoformat(text) if self.fact.type == "day" else text

    def clean(self) -> dict[str, Any]:
        """The period has days in it, and is of whole months where the fact is monthly."""
        said = super().clean() or self.cleaned_data
        since, last = said.get("since"), said.get("last")
        if since and last and last < since:
            self.add_error("last", _("止日不能早于起日。"))
        if since and self.fact.by_month and since.day != 1:
            self.add_error("since", _("按月的事项，从某个月的1日起。"))
        return said

    def asked(self) -> NewFact:
        """The fact that is asked for."""
        said = self.cleaned_data
        until = date.fromordinal(said["last"].toordinal() + 1) if said["last"] else None
        return NewFact(
            self.fact.name, said["value"], said["since"], until, said["key"], said["source"].pk
        )


class Merging(forms.Form):
    """Which other file is of the same person, and how one knows."""

    other = forms.CharField(
        label=gettext_lazy("另一份档案的证件号或档案号"),
        max_length=40,
        help_text=gettext_lazy("那一份会并入这一份；两份的记录都留着，可以撤销。"),
        error_messages={"required": gettext_lazy("请输入另一份档案的证件号或档案号。")},
    )
    reason = words_field(gettext_lazy("怎样知道是同一人"))


class Splitting(forms.Form):
    """Which facts are another person's, whose, and how one knows."""

    facts = forms.MultipleChoiceField(
        label=gettext_lazy("哪些资料是另一个人的"),
        error_messages={"required": gettext_lazy("请至少选一条资料。")},
    )
    other = forms.CharField(
        label=gettext_lazy("那个人的证件号或档案号"),
        max_length=40,
        help_text=gettext_lazy("还没有档案的，请先登记这个人。"),
        error_messages={"required": gettext_lazy("请输入那个人的证件号或档案号。")},
    )
    reason = words_field(gettext_lazy("怎样知道是两个人"))

    def __init__(self, *args: Any, rows: Iterable[tuple[int, str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["facts"].choices = [(str(n), label) for n, label, _shown in rows]  # type: ignore[attr-defined]


class Registering(forms.Form):
    """Somebody at the counter."""

    name = forms.CharField(
        label=gettext_lazy("姓名"),
        max_length=60,
        error_messages={"required": gettext_lazy("请照证件填写姓名。")},
    )
    sex = forms.ChoiceField(label=gettext_lazy("性别"))
    born_on = day(label=gettext_lazy("出生日期"))
    document_kind = forms.ChoiceField(
        label=gettext_lazy("证件"), choices=list(DocumentKind.choices)
    )
    document = forms.CharField(label=gettext_lazy("证件号"), required=False, max_length=40)
    place = forms.ChoiceField(label=gettext_lazy("在哪个村（社区）办"))
    why = forms.ChoiceField(label=gettext_lazy("为何在这里办"), choices=list(ReachReason.choices))

    def __init__(self, *args: Any, places: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sexes = [("1", _("男")), ("2", _("女")), ("0", _("未知"))]
        self.fields["sex"].choices = sexes  # type: ignore[attr-defined]
        self.fields["place"].choices = list(places)  # type: ignore[attr-defined]
        self.fields["why"].initial = ReachReason.RESIDENCE
        for name in ("name", "document"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        """A number where there is a document, right where it is a citizen's."""
        said = super().clean() or self.cleaned_data
        kind, number = said.get("document_kind"), said.get("document", "").strip().upper()
        if kind == DocumentKind.NONE:
            said["document"] = ""
        elif not number:
            self.add_error("document", _("请输入证件号；没有证件的，证件一栏选“无证件”。"))
        elif kind == DocumentKind.CITIZEN:
            try:
                said["document"] = documents.citizen_number(number)
            except documents.BadDocument as problem:
                self.add_error("document", str(problem))
        return said

    def stated(self) -> Stated:
        """What was stated at the counter."""
        return Stated(**{name: self.cleaned_data[name] for name in self.fields})


def declared(kind: str, of: str) -> Fact | None:
    """The declaration of a fact of persons or households that is recorded and not derived."""
    known = facts.declared()
    found = known.person if of == "person" else known.household
    return next((f for f in found if f.name == kind and not f.derived_from), None)
