"""Template words for half-open periods, said as offices say them: the last day or month included."""

from datetime import date, timedelta

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from guanjia.kit import days
from guanjia.web.templatetags.guanjia import day, month

register = template.Library()


@register.simple_tag
def days_held(since: date, until: date | None) -> SafeString:
    """`2019年1月1日起`; with an end, `2019年1月1日至2020年2月29日`."""
    if until is None:
        return format_html(_("{}起"), day(since))
    return format_html(_("{}至{}"), day(since), day(until - timedelta(days=1)))


@register.simple_tag
def months_held(since: date, until: date | None) -> SafeString:
    """`2020年1月起`; with an end, `2019年12月至2020年2月`, or the only month."""
    if until is None:
        return format_html(_("{}起"), month(since))
    last = days.add_months(until, -1)
    if last <= since:
        return format_html("{}", month(since))
    return format_html(_("{}至{}"), month(since), month(last))
