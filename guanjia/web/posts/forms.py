"""The forms of posts and accounts: who sits where, from when until when, who takes over."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.places.models import Place
from guanjia.staff import roles
from guanjia.staff.models import Post, User

LONGEST_REASON = 400
FORCED = "forced"


def _day(label: Any, required: bool = True, hint: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": gettext_lazy("请填日期，例如 2020-05-01。"),
            "invalid": gettext_lazy("请填日期，例如 2020-05-01。"),
        },
    )


class Holder(forms.CharField):
    """An account, named by its user name; gives the User."""

    def clean(self, value: Any) -> User:
        """The account. Raises ValidationError."""
        name = super().clean(value)
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None:
            raise ValidationError(
                _("没有叫“%(name)s”的账号，或它已停用。请先开设账号。") % {"name": name}
            )
        return user


class Whereabouts(forms.CharField):
    """A place, by its code or its full name; gives the code."""

    def clean(self, value: Any) -> str:
        """The code. Raises ValidationError."""
        text = super().clean(value).strip()
        found = list(Place.objects.filter(code=text) or Place.objects.filter(name=text)[:2])
        if not found:
            raise ValidationError(
                _("没有这个地方。请填区划代码，或镇街、村（社区）的全称，例如 长安镇。")
            )
        if len(found) > 1:
            raise ValidationError(_("不止一个地方叫这个名字，请填 12 位区划代码。"))
        return found[0].code


class NewPost(forms.Form):
    """Open a post."""

    user = Holder(label=gettext_lazy("账号名"), max_length=150)
    role = forms.ChoiceField(label=gettext_lazy("岗位"), choices=list(roles.NAMES.items()))
    place = Whereabouts(
        label=gettext_lazy("地方"),
        help_text=gettext_lazy("镇街、村（社区）的全称或区划代码，例如 长安镇。"),
        max_length=60,
    )
    since = _day(gettext_lazy("起"))
    until = _day(
        gettext_lazy("止"), required=False, hint=gettext_lazy("这一天起不再在岗；长期的留空。")
    )


class Substitute(forms.Form):
    """Let somebody stand in."""

    user = Holder(label=gettext_lazy("代岗人的账号名"), max_length=150)
    since = _day(gettext_lazy("代岗自"))
    until = _day(gettext_lazy("代岗至"), hint=gettext_lazy("这一天起不再代岗。"))


class End(forms.Form):
    """End a post: from which day, who takes over."""

    ends_on = _day(gettext_lazy("哪一天起不再在岗"))
    to = forms.ChoiceField(label=gettext_lazy("由谁接手"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("强制结束的原因"),
        help_text=gettext_lazy("只在没有人接手时填写。没办完的事转给当地的审批岗位。"),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, *args: Any, successors: list[Post], open_work: bool, today: date, **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", {"ends_on": today.isoformat()})
        super().__init__(*args, **kwargs)
        nobody = _("没有没办完的事，不用接手") if not open_work else _("请选择")
        forced = [(FORCED, _("没有人接手，强制结束"))] if open_work else []
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", nobody),
            *((str(post.pk), f"{post.user}（{post}）") for post in successors),
            *forced,
        ]
        if not open_work:
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        """A forced end gives its reason."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("to") == FORCED and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("请写明为什么强制结束，例如：已离职，无人接手。"))
        return cleaned


class NewAccount(forms.Form):
    """Open an account."""

    username = forms.CharField(
        label=gettext_lazy("账号名"),
        help_text=gettext_lazy("登录用，字母和数字，例如 wang。"),
        max_length=150,
    )
    full_name = forms.CharField(label=gettext_lazy("姓名"), max_length=40)
