"""The forms of staff at the door: one sheet of a channel, a table to try, which matters to list."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.concerns.intake import whereabouts
from guanjia.concerns.matters import contacts
from guanjia.concerns.matters.forms import NO_CATEGORY, policies
from guanjia.concerns.models import LONGEST_TEXT
from guanjia.concerns.rules.brand import Brand, Channel

LONGEST_TABLE = 40_000
SHOWN = 6


class TakeIn(forms.Form):
    """One sheet of a channel: what somebody tells, as staff write it down."""

    name = forms.CharField(label=gettext_lazy("怎么称呼"), max_length=40, required=False)
    phone = forms.CharField(
        label=gettext_lazy("回电号码"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    for_other = forms.BooleanField(label=gettext_lazy("替别人说的"), required=False)
    text = forms.CharField(
        label=gettext_lazy("原话"),
        help_text=gettext_lazy("照对方说的记，不改写。不写身份证号、银行卡号。"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=LONGEST_TEXT,
        error_messages={
            "required": gettext_lazy("请记下对方说的，一两句也行。"),
            "max_length": gettext_lazy(
                "最多 %(limit_value)d 字，现在有 %(show_value)d 字。请记最要紧的。"
            ),
        },
    )
    where = forms.CharField(
        label=gettext_lazy("在哪个镇街、村（社区）"),
        help_text=gettext_lazy("写几个字就行，例如：厦边、长安镇；镇街也可以打拼音首字母（ca）。"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "places", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("请写一个地方；说不清社区就写镇街。")},
    )
    spot = forms.CharField(
        label=gettext_lazy("具体位置（可以不填）"), max_length=120, required=False
    )
    category = forms.ChoiceField(label=gettext_lazy("分类"), error_messages=NO_CATEGORY)
    policy = forms.ChoiceField(label=gettext_lazy("按哪项政策办（可以不选）"), required=False)

    def __init__(self, *args: Any, brand: Brand, channel: Channel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.brand, self.channel = brand, channel
        offered = [(c.code, str(c)) for c in brand.categories.values()]
        self.fields["category"].choices = [("", _("请选择")), *offered]  # type: ignore[attr-defined]
        self.fields["policy"].choices = policies(brand, _("说不清，或没有政策管得到"))  # type: ignore[attr-defined]
        first = "phone" if channel.phone else "name"
        self.fields[first].widget.attrs["autofocus"] = True

    def clean_phone(self) -> str:
        """Digits alone; a channel that calls back needs them."""
        digits = contacts.a_phone(self.cleaned_data["phone"])
        if not digits and self.channel.phone:
            raise ValidationError(_("请问一个回电号码；对方不愿留的，改用窗口那张登记页。"))
        return digits

    def clean_where(self) -> str:
        """The code of one place of the city. Raises ValidationError with those that it could be."""
        found = whereabouts.found(self.cleaned_data["where"], self.brand.city)
        if len(found) == 1:
            return found[0].code
        if not found:
            raise ValidationError(_("本市没有这个地方。外地的事请对方拨打“当地区号 + 12345”。"))
        names = _("、").join(place.label for place in found[:SHOWN])
        raise ValidationError(_("有几个地方都对得上：%(names)s。请写全。") % {"names": names})


class TryTable(forms.Form):
    """A routing table as text, tried and not kept."""

    text = forms.CharField(
        label=gettext_lazy("派单表（TOML）"),
        max_length=LONGEST_TABLE,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "code"}),
        error_messages={"required": gettext_lazy("请写上要试的派单表。")},
    )


class ExpressFilter(forms.Form):
    """Which matters under policies: whose department · which policy · where they stand."""

    department = forms.ChoiceField(label=gettext_lazy("主管部门"), required=False)
    policy = forms.ChoiceField(label=gettext_lazy("政策"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("办理情况"),
        required=False,
        choices=[
            ("", gettext_lazy("还没有答复的")),
            ("late", gettext_lazy("已经超时的")),
            ("answered", gettext_lazy("已经答复的")),
            ("all", gettext_lazy("不论办理情况")),
        ],
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = [(d.code, str(d)) for d in brand.register.departments.values()]
        self.fields["department"].choices = [("", _("各部门")), *departments]  # type: ignore[attr-defined]
        self.fields["policy"].choices = policies(brand, _("各项政策"))  # type: ignore[attr-defined]
