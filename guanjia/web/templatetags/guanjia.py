"""Template words for money, days, verdicts, marks and icons."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.kit.days import SHANGHAI
from guanjia.people.acting import named as as_acted
from guanjia.policy import words
from guanjia.policy.chapter import FigureRow
from guanjia.policy.explanation import Explanation, Sentence
from guanjia.web import rooms as the_rooms
from guanjia.web.tongues import speaking
from guanjia.web.tongues.speaking import Tongue

register = template.Library()

THEMES = ("light", "dark")
VERDICTS = {
    "met": ("check", gettext_lazy("符合")),
    "unmet": ("x", gettext_lazy("不符合")),
    "unknown": ("help-circle", gettext_lazy("待补问")),
}
MARKS = {
    "seed": ("attention", "file-text", gettext_lazy("据会议报道"), "seed"),
    "found": ("", "file-text", gettext_lazy("有原文"), "found"),
    "derived": ("", "git-commit", gettext_lazy("由他项算出"), "derived"),
    "known": ("attention", "info-circle", gettext_lazy("未核原文"), "known"),
    "assumption": ("attention", "pencil-question", gettext_lazy("假设"), "assumption"),
    "unreviewed": ("attention", "alert-triangle", gettext_lazy("未复核"), "unreviewed"),
    "synthetic": ("attention", "flask", gettext_lazy("合成数据"), "synthetic"),
    "schematic": ("", "map", gettext_lazy("示意图"), "schematic"),
    "provisional": ("attention", "clock", gettext_lazy("暂定"), "provisional"),
}


def _dash(reason: str) -> SafeString:
    """A dash that says why, on hover and to screen readers."""
    why = reason or _("没有这一项")
    return format_html(
        '<span class="none" title="{}"><span aria-hidden="true">—</span>'
        '<span class="visually-hidden">{}</span></span>',
        why,
        why,
    )


def _yuan(fen: int) -> str:
    sign = "\u2212" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


@register.filter
def acting(who: Any, post: Any) -> str:
    """Who did it, marked where he stood in for somebody: `{{ run.prepared_by|acting:run.prepared_post }}`."""
    return as_acted(who or None, post or None)


@register.filter
def yuan(fen: int | None, reason: str = "") -> SafeString:
    """`118000` → `1,180.00 元`; None → a dash with `reason`."""
    if fen is None:
        return _dash(reason)
    return format_html('<span class="money">{} {}</span>', _yuan(fen), _("元"))


@register.filter
def per(cadence: str) -> SafeString:
    """How often a sum is paid, after it: `/月`, `/年`, `/次`."""
    often = {"month": _("/月"), "year": _("/年"), "once": _("/次")}
    return format_html('<span class="per">{}</span>', often[cadence])


@register.filter
def yuan_large(fen: int | None, reason: str = "") -> SafeString:
    """`12600000000` → `1.26 亿元`, `3123400` → `3.12 万元`, smaller sums as `yuan`."""
    if fen is None:
        return _dash(reason)
    for size, unit in speaking.large_units():
        if abs(fen) >= size:
            hundredths = (abs(fen) * 100 + size // 2) // size
            sign = "\u2212" if fen < 0 else ""
            text = f"{sign}{hundredths // 100:,}.{hundredths % 100:02d}"
            return format_html('<span class="money">{} {}</span>', text, unit)
    return yuan(fen)


@register.filter
def whole(number: int | None, reason: str = "") -> SafeString:
    """`21852` → `21,852`, with a true minus."""
    if number is None:
        return _dash(reason)
    sign = "\u2212" if number < 0 else ""
    return format_html('<span class="num">{}{}</span>', sign, f"{abs(number):,}")


@register.filter
def day(on: date | datetime | None, reason: str = "") -> SafeString | str:
    """`2020年3月1日`. Moments are shown in the city's time."""
    if on is None:
        return _dash(reason)
    on = on.astimezone(SHANGHAI).date() if isinstance(on, datetime) else on
    return format_html(
        '<time datetime="{}" class="nowrap">{}</time>', on.isoformat(), words.day(on)
    )


@register.filter
def month(on: date | None, reason: str = "") -> SafeString | str:
    """`2020年3月`."""
    if on is None:
        return _dash(reason)
    return format_html(
        '<time datetime="{}" class="nowrap">{}</time>', f"{on:%Y-%m}", words.month(on)
    )


@register.filter
def moment(at: datetime | None, reason: str = "") -> SafeString | str:
    """`2020年3月1日 09:05`, in the city's time."""
    if at is None:
        return _dash(reason)
    return format_html("{} {}", day(at), f"{at.astimezone(SHANGHAI):%H:%M}")


@register.filter
def moment_or_day(at: date | datetime | None) -> SafeString | str:
    """A moment with its hour, a day without."""
    return moment(at) if isinstance(at, datetime) else day(at)


@register.filter
def day_before(on: date) -> date:
    """The last day of a half-open period that ends on `on`."""
    return on - timedelta(days=1)


@register.filter
def unreviewed(row: FigureRow, on: date) -> date | None:
    """The day by which a figure should have been reviewed, where that has passed."""
    return row.unreviewed(on)


@register.filter
def less(fen: int) -> SafeString:
    """A sum that is taken away: `8000` → `−80.00 元`."""
    return yuan(-fen)


@register.filter
def pending(explanation: Explanation) -> list[Sentence]:
    """The sentences that are not met or must be asked, in the order of the explanation."""
    return [s for s in explanation.sentences if s.verdict != "met"]


@register.filter
def settled(explanation: Explanation) -> list[Sentence]:
    """The sentences that are met."""
    return [s for s in explanation.sentences if s.verdict == "met"]


@register.filter
def nth(items: Sequence[Any], place: int) -> Any:
    """The item at `place`, counted from 0."""
    return items[place]


@register.filter
def named(names: Mapping[str, str], code: str) -> str:
    """The name that stands under `code`, or the code itself."""
    return names.get(code, code)


@register.filter
def dressed(field: BoundField) -> SafeString:
    """The field's widget in the house's dress."""
    kind = field.widget_type
    plain = {"checkbox": "form-check-input", "select": "form-select", "radioselect": ""}
    classes = plain.get(kind, "form-control") + (" is-invalid" if field.errors else "")
    # A placeholder that repeats the label says nothing, and looks like something typed.
    attrs: dict[str, str | bool] = {"class": classes.strip(), "placeholder": False}
    return field.as_widget(attrs=attrs)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite: decoration unless it has a label."""
    return _icon(name, str(label))


@lru_cache(maxsize=1024)
def _icon(name: str, label: str) -> SafeString:
    """A page has a hundred icons, and few kinds of them."""
    address = f"{static('vendor/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>',
            label,
            address,
        )
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"></use></svg>',
        address,
    )


@register.simple_tag
def verdict(value: object, word: object = "") -> SafeString:
    """Icon and word for met, not met or unknown. Takes True, False, anything else, or the words."""
    kind = value if isinstance(value, str) else {True: "met", False: "unmet"}.get(value, "unknown")  # type: ignore[call-overload]
    name, usual = VERDICTS[kind]
    return format_html(
        '<span class="verdict {}">{}<span>{}</span></span>', kind, icon(name), word or usual
    )


@register.simple_tag
def mark(kind: str, more: object = "") -> SafeString:
    """A status mark: the same shape everywhere, linked to what it means."""
    tone, name, word, anchor = MARKS[kind]
    where = the_rooms.address("marks")
    tag = "a" if where else "span"
    link = format_html(' href="{}#{}"', where, anchor) if where else ""
    return format_html(
        '<{tag}{link} class="mark-tag {tone}">{icon}<span>{word}{more}</span></{tag}>',
        **{"tag": tag, "link": link, "tone": tone, "icon": icon(name), "word": word, "more": more},
    )


@register.simple_tag(takes_context=True)
def rooms(context: Context) -> the_rooms.Rail:
    """The rail for the post of this request."""
    may: Mapping[str, bool] = context.get("may") or {}
    request = context.get("request")
    return the_rooms.entered(may, request.path if request else "")


@register.simple_tag
def room_address(name: str) -> str:
    """The path of a page without arguments, or nothing where there is no such page."""
    return the_rooms.address(name) or ""


@register.simple_tag
def languages() -> list[Tongue]:
    """The languages of the house, each in its own name, the page's own marked."""
    return speaking.offered()


@register.simple_tag
def page_language() -> str:
    """What <html lang> says."""
    return speaking.tag_of(speaking.now())


@register.filter
def quoted(text: str) -> SafeString | str:
    """A law or another text that stays in the original, marked as such where the page speaks otherwise."""
    if not text or speaking.now() == speaking.SOURCE:
        return text
    return format_html('<span lang="{}">{}</span>', speaking.tag_of(speaking.SOURCE), text)


@register.simple_tag(takes_context=True)
def html_attributes(context: Context) -> SafeString:
    """Class and theme of <html>, from the cookies that the view `look` sets."""
    theme, elder = _chosen(context, "theme"), _chosen(context, "elder")
    chosen = format_html(' data-bs-theme="{}"', theme) if theme in THEMES else SafeString("")
    return format_html('class="{}"{}', "elder" if elder == "1" else "", chosen)


@register.simple_tag(takes_context=True)
def dark_tokens(context: Context) -> SafeString:
    """The dark values of the tokens: where the reader chose them, or the system where nobody chose.

    Never on paper.
    """
    theme = _chosen(context, "theme")
    if theme == "light":
        return SafeString("")
    media = "screen" if theme == "dark" else "screen and (prefers-color-scheme: dark)"
    return format_html(
        '<link rel="stylesheet" href="{}" media="{}">', static("guanjia/dark.css"), media
    )


def _chosen(context: Context, cookie: str) -> str:
    """How the reader wants pages to look; '' where they never said."""
    request = context.get("request")
    return str(request.COOKIES.get(cookie, "")) if request else ""
