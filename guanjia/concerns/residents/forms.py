"""The forms of residents: what one is asked, a code to look up, what one says of an answer."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.concerns.matters import contacts
from guanjia.concerns.matters.forms import NO_CATEGORY
from guanjia.concerns.models import LONGEST_TEXT
from guanjia.concerns.rules.brand import Brand
from guanjia.places.models import Place

OUTSIDE, ANONYMOUS, OTHER = "outside", "anonymous", "other"
STEPS = (("category", "text"), ("place", "spot"), ("who", "name", "phone", "email", "publish"), ())
LEAST_PLACE = 9  # a town


class Ask(forms.Form):
    """Everything that is asked, over the steps; each step's page carries the others' answers along."""

    category = forms.ChoiceField(
        label=gettext_lazy("是哪一类的事"),
        widget=forms.RadioSelect,
        error_messages=NO_CATEGORY,
    )
    text = forms.CharField(
        label=gettext_lazy("发生了什么，您希望怎样"),
        help_text=gettext_lazy("想到什么写什么。请不要写身份证号、银行卡号。"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=LONGEST_TEXT,
        error_messages={
            "required": gettext_lazy("请写一两句，例如：厦边社区小学门口的路灯坏了一个月。"),
            "max_length": gettext_lazy(
                "最多 %(limit_value)d 字，您写了 %(show_value)d 字。请写最要紧的，其余的我们会问您。"
            ),
        },
    )
    place = forms.CharField(
        label=gettext_lazy("在哪个镇街、村（社区）"),
        max_length=12,
        error_messages={
            "required": gettext_lazy("请选一个地方；不确定是哪个社区，就选您住的那个。"),
            "max_length": gettext_lazy("请从列表里选一个地方。"),
        },
    )
    spot = forms.CharField(
        label=gettext_lazy("具体位置（可以不填）"),
        help_text=gettext_lazy("例如：小学正门对面；我家门口。"),
        max_length=120,
        required=False,
    )
    who = forms.ChoiceField(
        label=gettext_lazy("您为谁说这件事"),
        choices=[
            ("self", gettext_lazy("为自己")),
            (OTHER, gettext_lazy("替别人，例如邻居、家人")),
            (ANONYMOUS, gettext_lazy("不留姓名")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一项。")},
    )
    name = forms.CharField(
        label=gettext_lazy("怎么称呼您（可以不填）"), max_length=40, required=False
    )
    phone = forms.CharField(
        label=gettext_lazy("联系电话"),
        help_text=gettext_lazy("手机或座机都可以。查进度时要用它；不留姓名的可以不填。"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    email = forms.CharField(
        label=gettext_lazy("电子邮箱（可以不填）"),
        help_text=gettext_lazy("填了，也可以用它收验证码，看“我的诉求”。"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "email"}),
    )
    publish = forms.BooleanField(
        label=gettext_lazy("答复以后，可以把这件事去掉姓名、电话和门牌，给别人参考"),
        help_text=gettext_lazy("不勾也一样办。要经工作人员看过才会公开，您随时可以撤下。"),
        required=False,
    )

    def __init__(self, *args: Any, brand: Brand, first: str = "", **kwargs: Any) -> None:
        """`first`: the brand whose categories are offered before the others."""
        super().__init__(*args, **kwargs)
        self.brand = brand
        ordered = sorted(brand.categories.values(), key=lambda c: c.brand != first)
        offered = [(c.code, str(c)) for c in ordered]
        self.fields["category"].choices = offered  # type: ignore[attr-defined]

    def clean_place(self) -> str:
        """A town or a community of this city. Raises ValidationError."""
        code: str = self.cleaned_data["place"]
        if code == OUTSIDE or not code.startswith(self.brand.city):
            raise ValidationError(
                _("我们只办得了本市的事。外地的事请拨打“当地区号 + 12345”，那里会受理。")
            )
        if len(code) < LEAST_PLACE or not Place.objects.filter(code=code).exists():
            raise ValidationError(_("请从列表里选一个地方。"))
        return code

    def clean_phone(self) -> str:
        """Digits alone."""
        return contacts.a_phone(self.cleaned_data["phone"])

    def clean_email(self) -> str:
        """In small letters."""
        return contacts.an_address(self.cleaned_data["email"])

    def clean(self) -> dict[str, Any]:
        """A phone unless one wants to stay unknown: who stays so leaves no name, phone or address."""
        asked = super().clean() or {}
        if asked.get("who") == ANONYMOUS:
            asked |= {"name": "", "phone": "", "email": ""}
        elif asked.get("who") and "phone" in asked and not asked["phone"]:
            self.add_error("phone", _("请留一个电话，我们要联系您；不想留就选“不留姓名”。"))
        return asked

    def first_wrong(self, upto: int) -> int | None:
        """The first step up to `upto` with something to mend."""
        self.is_valid()
        bad = (n for n in range(upto + 1) if any(name in self.errors for name in STEPS[n]))
        return next(bad, None)


class LookUp(forms.Form):
    """A tracking code and the phone that was left."""

    code = forms.CharField(
        label=gettext_lazy("查询码"),
        help_text=gettext_lazy("提交时给您的 12 个字母和数字，不分大小写。"),
        max_length=40,
        error_messages={"required": gettext_lazy("请填查询码，在您的回执上。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("留下的电话（没有留就空着）"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )

    def clean_phone(self) -> str:
        """Digits alone."""
        return contacts.a_phone(self.cleaned_data["phone"])


class Rate(forms.Form):
    """What one says of an answer."""

    solved = forms.ChoiceField(
        label=gettext_lazy("事情解决了吗"),
        choices=[("yes", gettext_lazy("解决了")), ("no", gettext_lazy("没有解决"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一项。")},
    )
    satisfied = forms.ChoiceField(
        label=gettext_lazy("您满意吗"),
        choices=[("yes", gettext_lazy("满意")), ("no", gettext_lazy("不满意"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一项。")},
    )
    why = forms.CharField(
        label=gettext_lazy("为什么（可以不填）"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
