"""The forms of the bank's side of a month."""

from django import forms
from django.utils.translation import gettext_lazy

from guanjia.entitlements.tables.after import Outcome


class Upload(forms.Form):
    """A bank's return."""

    file = forms.FileField(
        label=gettext_lazy("回盘文件"),
        help_text=gettext_lazy("银行退回的 CSV，连同最后的合计行和校验行，原样上传。"),
        error_messages={
            "required": gettext_lazy("请选择银行的回盘文件。"),
            "empty": gettext_lazy("这个文件是空的，可能还在写入。请等写完再上传。"),
        },
    )


class Account(forms.Form):
    """Where an award is paid from now on, and why."""

    payee = forms.CharField(
        label=gettext_lazy("收款人户名"),
        max_length=60,
        error_messages={"required": gettext_lazy("请写户名，与银行登记的一致。")},
    )
    account = forms.RegexField(
        label=gettext_lazy("收款账号"),
        regex=r"^[0-9 ]{6,40}$",
        error_messages={
            "required": gettext_lazy("请写账号；账号没有错的，照原样再写一遍。"),
            "invalid": gettext_lazy("账号只有数字，请核对。"),
        },
    )
    reason = forms.CharField(
        label=gettext_lazy("更正依据"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("请写明依据，例如：本人持存折来更正。")},
    )


class HoldOne(forms.Form):
    """Which payment is held, and why."""

    key = forms.CharField(
        label=gettext_lazy("凭证号"),
        max_length=160,
        help_text=gettext_lazy("在账本的凭证页上。"),
        error_messages={"required": gettext_lazy("请写凭证号。")},
    )
    reason = forms.CharField(
        label=gettext_lazy("暂缓原因"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写明为什么暂缓。")},
    )


class Settle(forms.Form):
    """How an overpayment is settled, and why."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("怎样了结"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择已追回还是免予追回。")},
    )
    note = forms.CharField(
        label=gettext_lazy("依据"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("请写明依据，例如：3月2日本人交回，收据号。")},
    )


class Decide(forms.Form):
    """The second person's yes or no; the no says why."""

    note = forms.CharField(
        label=gettext_lazy("意见"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
