"""The template tag that an operator adds: a signed address of the sidebar for the ticket on the page.

Written from connectors/django_helpdesk/doc.md alone, so that the test also proves the document.
"""

import hashlib
import hmac
import time
from urllib.parse import urlencode

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag(takes_context=True)
def sidecue_url(context, ticket):
    """Return the address of the sidebar, good for ten minutes, for the agent who is signed in."""
    agent = context["request"].user.get_username()
    expires = str(int(time.time()) + 600)
    signed = "\n".join(["django_helpdesk", settings.SIDECUE_TENANT, str(ticket.id), agent, expires])
    signature = hmac.new(settings.SIDECUE_API_KEY.encode(), signed.encode(), hashlib.sha256).hexdigest()
    query = urlencode({"ticket": ticket.id, "agent": agent, "expires": expires, "signature": signature})
    return f"{settings.SIDECUE_URL}/sidebar/django_helpdesk/{settings.SIDECUE_TENANT}?{query}"
