"""How a device is named from what its browser says of itself."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()
SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("Mac OS X", "Mac"), ("HarmonyOS", "HarmonyOS"), ("Linux", "Linux")),
)
BROWSERS = (
    *(("MicroMessenger", "WeChat"), ("Edg/", "Edge"), ("360SE", "360"), ("QQBrowser", "QQ")),
    *(("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")),
)


@register.filter
def device(user_agent: str) -> str:
    """`Windows · Edge`; as good as the browser says."""
    named = [
        next((name for sign, name in table if sign in user_agent), "")
        for table in (SYSTEMS, BROWSERS)
    ]
    return " · ".join(filter(None, named)) or _("不认识的设备")
