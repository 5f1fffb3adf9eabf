"""The door for web servers: any of them is refused over a role that row security does not bind."""

import os

from django.core.wsgi import get_wsgi_application

from guanjia.web.house.start import SETTINGS, refuse_unsafe_role

os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
application = get_wsgi_application()
refuse_unsafe_role()
