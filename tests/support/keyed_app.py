"""Asks for the sidebar as an app does whose requests the vendor's servers pass on, with the tenant's key in a header.

What `fixtures/host_<name>.py` of such a folder is made of.
"""

import json

JOINS = False
EXPIRES = None
ONCE = False


def request(tenant, ticket, agent, installation, sent_at, **more):
    """Return the request that the app makes when it is opened."""
    headers = {"X-Sidecue-Secret": installation.sidebar_keys[0]}
    body = json.dumps({"ticket": ticket, "agent": agent, "locale": "en"} | more).encode()
    return {"method": "POST", "headers": headers, "body": body}


def act(tenant, ticket, agent, installation, sent_at, recommendation, verdict, reason):
    """Return the request that the app makes when a button is pressed."""
    action = {"recommendation": recommendation, "verdict": verdict, "reason": reason}
    return request(tenant, ticket, agent, installation, sent_at, action=action)
