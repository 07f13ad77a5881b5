"""Sidecue for Roundup: tells what happens to issues, and holds its notes where no customer sees or is mailed them.

Roundup loads this file by itself from the tracker's folder `detectors`; doc.md of Sidecue's connector says how to
install it. Standard library and Roundup only. What it is told stands in `detectors/config.ini`:

    [sidecue]
    url = https://sidecue.example.org
    tenant = acme
    secret = …
    sidebar_key = …
    agents = Admin, Agent
    timeout = 2

It does three things:

- It brings a class `sidecue_note`. Roundup has no internal messages: whatever is a message is mailed to the whole nosy
  list, and the customer is on it. So Sidecue's notes are no messages. Nobody sees them but the roles in `agents`.
- It brings a role `Sidecue`, for the user in whose name Sidecue writes, which may write notes, keywords, the assignee
  and fields of the schema's own, and may not write messages.
- It posts an issue, whole, after each change of it: once the change is committed, so that nothing is told that did not
  happen and no lock is held meanwhile. A Sidecue that is slow or down costs at most the time-out, and a line in the
  log; the next change of the issue tells what was missed. Changes that Sidecue itself makes are not told.
"""

from __future__ import annotations

import json
import logging
import urllib.error
import urllib.request
import weakref
from datetime import datetime, timezone
from typing import Any, Final

from roundup import hyperdb

NOTE: Final = "sidecue_note"
ROLE: Final = "Sidecue"
AGENTS: Final = "Admin, Agent"
TIMEOUT: Final = 2.0
LONGEST_TIMEOUT: Final = 10.0
MAX_CONTENT: Final = 100_001
"""Characters of a message that are sent: one more than Sidecue keeps, so that it marks where it cut."""
MAX_MESSAGES: Final = 600_000
"""Bytes of messages that are sent at a time: the first and the newest in any case, and those before it that fit."""
NOT_FOR_SIDECUE: Final = {
    "title",
    "messages",
    "files",
    "nosy",
    "superseder",
    "activity",
    "actor",
    "creation",
    "creator",
    "id",
}
"""Properties of an issue that Sidecue's user may not change: those that mail somebody, first of all."""
TOLD: Final = (("messages", "message.added"), ("status", "status.changed"), ("assignedto", "issue.assigned"))
"""What an event is called by the property that changed; the first one counts."""
UNTOLD: Final = {"nosy", "activity", "actor"}
"""Properties whose change alone is nothing to tell."""

log = logging.getLogger("roundup.sidecue")


def init(db: Any) -> None:
    """Declare the class and the roles, and listen to issues. Called by Roundup for each opened database."""
    if "issue" not in db.classes:
        log.error("this tracker has no class 'issue': Sidecue's detector does nothing")
        return
    declare(db)
    teller = Teller()
    db.issue.react("create", teller.created)
    db.issue.react("set", teller.changed)
    db.registerClearCacheCallback(teller.tell, weakref.proxy(db))


def declare(db: Any) -> None:
    """Bring the class of notes, the role of Sidecue's user, and the roles of agents that the schema does not have."""
    # The class that made "user" is the backend's own: there is no other way to it from here.
    notes = type(db.user)(
        db,
        NOTE,
        # A journal of the link would name the note in the issue's history, which customers see.
        issue=hyperdb.Link("issue", do_journal="no"),
        ref=hyperdb.String(),
        text=hyperdb.String(),
    )
    notes.setkey("ref")
    security = db.security
    if len(agent_roles(db)) < len(listed(db)):
        log.error("agents in [sidecue] names roles that anybody gets who registers; these are no agents")
    for role in [ROLE, *agent_roles(db)]:
        if role.lower() not in security.role:
            security.addRole(name=role, description="Declared by Sidecue's detector")
        security.addPermissionToRole(role, "View", NOTE)
    for action in ("Create", "Edit"):
        security.addPermissionToRole(ROLE, action, NOTE)
    # Without the first, Roundup takes no password, not even for the second.
    security.addPermissionToRole(ROLE, "Web Access")
    security.addPermissionToRole(ROLE, "Rest Access")
    free = sorted(set(db.issue.getprops()) - NOT_FOR_SIDECUE)
    for action in ("View", "Edit"):
        permission = security.addPermission(name=action, klass="issue", properties=free, description="Sidecue")
        security.addPermissionToRole(ROLE, permission)
    if "keyword" in db.classes:
        security.addPermissionToRole(ROLE, "View", "keyword")
        security.addPermissionToRole(ROLE, "Create", "keyword")


# --- what happened ------------------------------------------------------------------------------


class Teller:
    """Remembers what a transaction changed, and has it posted when the transaction is over.

    Roundup calls what stands in `db.transactions` once it has committed, and forgets it when it rolls back; the
    callback that clears caches comes after either, when the content of new messages can be read again.
    """

    def __init__(self) -> None:
        self.committed: dict[str, str] = {}

    def created(self, db: Any, _cl: Any, nodeid: str, _oldvalues: Any) -> None:
        """Have a new issue told."""
        self.remember(db, nodeid, "issue.created")

    def changed(self, db: Any, cl: Any, nodeid: str, oldvalues: Any) -> None:
        """Have a change of an issue told, when there is anything to it."""
        try:
            different = {name for name, old in (oldvalues or {}).items() if differs(cl.get(nodeid, name), old)}
        except Exception:  # whatever it is, the issue has to be saved
            log.exception("Sidecue is not told of issue%s", nodeid)
            return
        if different - UNTOLD:
            self.remember(db, nodeid, next((event for name, event in TOLD if name in different), "issue.changed"))

    def remember(self, db: Any, nodeid: str, event: str) -> None:
        """Keep what happened to an issue until the commit."""
        try:
            if not db.user.has_role(db.getuid(), ROLE):
                db.transactions.append((self.commit, (nodeid, event)))
        except Exception:  # whatever it is, the issue has to be saved
            log.exception("Sidecue is not told of issue%s", nodeid)

    def commit(self, nodeid: str, event: str) -> None:
        """Have an issue told now that its change is kept; of several events of a transaction the first counts."""
        self.committed.setdefault(nodeid, event)

    def tell(self, db: Any) -> None:
        """Post what was committed, each issue once."""
        told, self.committed = self.committed, {}
        for nodeid, event in told.items():
            post(db, nodeid, event)


def differs(value: Any, old: Any) -> bool:
    """Tell whether a property changed; several links have no order."""
    return sorted(value) != sorted(old) if isinstance(value, list) and isinstance(old, list) else value != old


def post(db: Any, nodeid: str, event: str) -> None:
    """Post the issue as it is now. Whatever happens is logged and goes no further."""
    try:
        url, tenant, secret = (told(db, name) for name in ("url", "tenant", "secret"))
        if not url:  # not set up yet, or taken out again
            return
        if not all(each.isascii() and each.isprintable() and each for each in (url, tenant, secret)):
            # http.client would refuse such a header too, with the secret in its message.
            log.error("Sidecue is not told of issue%s: tenant or secret in [sidecue] is missing or unfit", nodeid)
            return
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked by `send`
            url.rstrip("/") + "/webhooks/roundup/" + tenant,
            data=json.dumps(snapshot(db, nodeid, event), ensure_ascii=False).encode("utf-8", "replace"),
            headers={"Content-Type": "application/json", "X-Sidecue-Secret": secret},
        )
        send(request, seconds(db))
    except urllib.error.HTTPError as error:
        log.error("Sidecue is not told of issue%s: it answered %s", nodeid, error.code)  # noqa: TRY400 - one line
        error.close()
    except OSError as error:
        log.error("Sidecue is not told of issue%s: %s", nodeid, getattr(error, "reason", error))  # noqa: TRY400 - same
    except Exception:  # the issue is saved, and who saved it has to get an answer
        log.exception("Sidecue is not told of issue%s", nodeid)


class Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the secret goes to the address that was told, and to no other."""

    def redirect_request(self, *_: Any) -> None:
        """Return no request, which makes the redirect an error."""
        return


def send(request: urllib.request.Request, timeout: float) -> None:
    """Send one request; raise when the answer is not a success."""
    if request.type not in {"http", "https"}:
        raise ValueError("url has to begin with https:// or http://")
    urllib.request.build_opener(Stay).open(request, timeout=timeout).close()


# --- what an issue is like ----------------------------------------------------------------------


def snapshot(db: Any, nodeid: str, event: str) -> dict[str, Any]:
    """Return the issue as JSON has it, with its messages and notes."""
    issue = {
        "id": nodeid,
        "title": prop(db.issue, nodeid, "title"),
        "creation": moment(db.issue.get(nodeid, "creation")),
        "creator": person(db, db.issue.get(nodeid, "creator")),
        "status": name_of(db, nodeid, "status"),
        "priority": name_of(db, nodeid, "priority"),
        "assignedto": prop(db.issue, nodeid, "assignedto"),
        "keyword": names_of(db, nodeid, "keyword"),
    }
    size = 0
    kept: list[dict[str, Any]] = []
    ids = sorted(db.issue.get(nodeid, "messages"), key=int)
    for msgid in [*ids[:1], *reversed(ids[1:])]:
        told_of = message(db, msgid)
        size += len(json.dumps(told_of, ensure_ascii=False).encode("utf-8", "replace"))
        if size > MAX_MESSAGES and len(kept) > 1:
            break
        kept.append(told_of)
    issue["messages"] = sorted(kept, key=lambda each: int(each["id"]))
    issue["messages_left_out"] = len(ids) - len(kept)
    issue["notes"] = [note(db, each) for each in sorted(db.getclass(NOTE).find(issue=nodeid), key=int)]
    return {
        "event": event,
        # Roundup's own times have whole seconds or milliseconds: too coarse to order two changes.
        "at": datetime.now(timezone.utc).isoformat(),  # noqa: UP017 - Roundup runs on Python 3.10 too
        "source": getattr(db, "tx_Source", None),
        "issue": issue,
    }


def message(db: Any, msgid: str) -> dict[str, Any]:
    """Return a message of the issue."""
    return {
        "id": msgid,
        "author": person(db, db.msg.get(msgid, "author") or db.msg.get(msgid, "creator")),
        "date": moment(db.msg.get(msgid, "date") or db.msg.get(msgid, "creation")),
        "type": prop(db.msg, msgid, "type"),
        "content": (db.msg.get(msgid, "content") or "")[:MAX_CONTENT],
        "files": [prop(db.file, each, "name") for each in db.msg.get(msgid, "files")],
    }


def note(db: Any, noteid: str) -> dict[str, Any]:
    """Return a note: Sidecue's own, or one that an administrator made."""
    notes = db.getclass(NOTE)
    return {
        "id": noteid,
        "creation": moment(notes.get(noteid, "creation")),
        "text": (notes.get(noteid, "text") or "")[:MAX_CONTENT],
    }


def person(db: Any, userid: str) -> dict[str, Any]:
    """Return who somebody is, and on which side of the issue they are."""
    by = "agent" if db.user.has_role(userid, *agent_roles(db)) else "customer"
    return {
        "id": userid,
        "by": "anonymous" if prop(db.user, userid, "username") == "anonymous" else by,
        "name": prop(db.user, userid, "realname") or prop(db.user, userid, "username"),
        "address": prop(db.user, userid, "address"),
        "phone": prop(db.user, userid, "phone"),
    }


def moment(date: Any) -> str:
    """Return one of Roundup's dates, which are UTC, in ISO 8601."""
    seconds, milliseconds = divmod(min(round(date.second * 1_000), 59_999), 1_000)
    day = f"{date.year:04}-{date.month:02}-{date.day:02}"
    return f"{day}T{date.hour:02}:{date.minute:02}:{seconds:02}.{milliseconds:03}Z"


def prop(cl: Any, nodeid: str, name: str) -> Any:
    """Return what an item holds, or None where the tracker's schema has no such property."""
    return cl.get(nodeid, name) if name in cl.getprops() else None


def name_of(db: Any, nodeid: str, name: str) -> str | None:
    """Return what a linked item is called, or None."""
    linked = prop(db.issue, nodeid, name)
    if linked is None:
        return None
    cl = db.getclass(db.issue.getprops()[name].classname)
    return str(cl.get(linked, cl.labelprop()))


def names_of(db: Any, nodeid: str, name: str) -> list[str] | None:
    """Return what linked items are called, or None where the tracker's schema has no such property."""
    linked = prop(db.issue, nodeid, name)
    if linked is None:
        return None
    cl = db.getclass(db.issue.getprops()[name].classname)
    return sorted(cl.get(each, cl.labelprop()) for each in linked)


# --- what was told in config.ini ----------------------------------------------------------------


def told(db: Any, name: str, default: str = "") -> str:
    """Return a setting of the section, or the default where it is missing or empty."""
    try:
        return str(db.config.detectors["SIDECUE_" + name.upper()]).strip() or default
    except (KeyError, AttributeError, TypeError):
        return default


def agent_roles(db: Any) -> list[str]:
    """Return the roles whose holders answer customers, and see notes; everybody else is a customer.

    Never one that is given to whoever registers or writes a mail: a slip in the file would show notes to everybody.
    """
    given = f"Anonymous,{db.config.NEW_WEB_USER_ROLES},{db.config.NEW_EMAIL_USER_ROLES}"
    anybodys = {role.strip().lower() for role in given.split(",")}
    return [role for role in listed(db) if role.lower() not in anybodys]


def listed(db: Any) -> list[str]:
    """Return the roles that the setting `agents` names."""
    return [role.strip() for role in told(db, "agents", AGENTS).split(",") if role.strip()]


def seconds(db: Any) -> float:
    """Return how long the post may take."""
    try:
        return min(max(float(told(db, "timeout", str(TIMEOUT))), 0.1), LONGEST_TIMEOUT)
    except ValueError:
        return TIMEOUT
