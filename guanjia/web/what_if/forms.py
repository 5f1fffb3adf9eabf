"""The forms of what-ifs and proposals: which figures become what, from when, for whom; and why not."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.kit import days
from guanjia.places.models import Place
from guanjia.policy import words
from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter
from guanjia.policy.proposing import Change
from guanjia.policy.retold import in_words

Choices = list[tuple[str, Any]]
MOST_CHANGES = 6
MONTHS_AHEAD = 12
LENGTHS = (1, 3, 6, 12, 24)
LONGEST_LAW = 200


class ChangeForm(forms.Form):
    """One figure and its new value."""

    figure = forms.ChoiceField(
        label=gettext_lazy("改哪个标准"),
        error_messages={
            "required": gettext_lazy("请选一个标准。"),
            "invalid_choice": gettext_lazy("政策簿里没有这个标准，请从列表里选。"),
        },
    )
    value = forms.CharField(
        label=gettext_lazy("改为"),
        max_length=40,
        error_messages={"required": gettext_lazy("请写新数，例如 1150。")},
    )

    def __init__(self, *args: Any, figures: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["figure"].choices = figures  # type: ignore[attr-defined]
        self.fields["value"].widget.attrs["inputmode"] = "decimal"

    def change(self, place: str) -> Change:
        """What is wished for, at a place ('' is the whole city)."""
        chapter, _dot, name = self.cleaned_data["figure"].rpartition(".")
        return Change(chapter, name, place, self.cleaned_data["value"])


class WishForm(forms.Form):
    """From which month, for how long, and where."""

    since = forms.ChoiceField(label=gettext_lazy("从哪个月起"))
    months = forms.TypedChoiceField(label=gettext_lazy("试算多久"), coerce=int)
    place = forms.ChoiceField(label=gettext_lazy("在哪里施行"), required=False)

    def __init__(self, *args: Any, first: date, towns: list[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ahead = [days.add_months(first, n) for n in range(MONTHS_AHEAD)]
        self._offer("since", [(f"{month:%Y-%m}", words.month(month)) for month in ahead])
        self._offer("months", [(str(n), _("%(n)d 个月") % {"n": n}) for n in LENGTHS])
        self._offer("place", [("", _("全市")), *((town.code, str(town)) for town in towns)])

    def _offer(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_since(self) -> date:
        """The first day of the month."""
        return days.read_month(self.cleaned_data["since"])


class Propose(forms.Form):
    """By which document the new figures hold, where there is one already."""

    law = forms.CharField(
        label=gettext_lazy("依据的文件"),
        help_text=gettext_lazy(
            "文件名和文号。还没有发文的可以先留空，标准会标明“拟定”；写明文件再提请一次，才能采用。"
        ),
        max_length=LONGEST_LAW,
        required=False,
    )


def changes(data: Any, figures: Choices, rows: int = 1) -> "BaseFormSet[ChangeForm]":
    """The rows of figures: as they were sent, or `rows` empty ones; `data` may also be a first choice."""
    made = formset_factory(
        ChangeForm,
        extra=0 if isinstance(data, str) else rows,
        min_num=0,
        max_num=MOST_CHANGES,
        absolute_max=MOST_CHANGES,
    )
    if isinstance(data, str):
        return made(initial=[{"figure": _offered(data, figures)}], form_kwargs={"figures": figures})
    return made(data, form_kwargs={"figures": figures})


def _offered(figure: str, figures: Choices) -> str:
    """`dibao.dibao_line` as it is offered: by its name alone where chapters share it."""
    offered = {code for _group, rows in figures if isinstance(rows, list) for code, _label in rows}
    return figure if figure in offered else figure.rpartition(".")[2]


def figure_choices(book: Book, on: date) -> Choices:
    """Every figure with its value in force, grouped by chapter; one that chapters share stands first."""
    told = in_words(book)
    shared = _shared(told)
    together = [(name, _said(told.chapter(codes[0]), name, on)) for name, codes in shared.items()]
    groups: Choices = [("", _("请选择"))]
    if together:
        groups.append((_("几章共用，一起改"), together))
    for chapter in told.chapters:
        own = [name for name in chapter.figures if name not in shared]
        if own:
            rows = [(f"{chapter.code}.{name}", _said(chapter, name, on)) for name in own]
            groups.append((chapter.title, rows))
    return groups


def _shared(book: Book) -> dict[str, list[str]]:
    """Figures that several chapters have with the same values throughout: name to chapters."""
    codes: dict[str, list[str]] = {}
    for chapter in book.chapters:
        for name in chapter.figures:
            codes.setdefault(name, []).append(chapter.code)
    return {
        name: found
        for name, found in codes.items()
        if len(found) > 1 and len({tuple(_values(book.chapter(c), name)) for c in found}) == 1
    }


def _values(chapter: Chapter, name: str) -> Iterator[tuple[date | None, str, int]]:
    for row in chapter.figures[name]:
        yield row.since, row.where, row.value


def _said(chapter: Chapter, name: str, on: date) -> str | Promise:
    row = chapter.figure_on(name, on)
    label = chapter.figures[name][0].label
    return _("%(label)s（现行 %(shown)s）") % {
        "label": label,
        "shown": row.shown if row else _("没有规定"),
    }
