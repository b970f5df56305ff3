"""What is kept of a session, as a JSON object, and how two requests that changed it are brought together."""

import json
from typing import Any

from core.output.slots import Notice, Undo
from core.sentences import pack, unpack
from core.visitor.permissions import Candidate
from core.visitor.session import Session

Record = dict[str, Any]  # Any: a JSON object; only this file and the store of sessions read and write it.


def record_of(session: Session) -> Record:
    """What is kept of a session, as JSON gives it back; somebody is logged in there, or about to."""
    visitor = session.visitor
    assert visitor is not None
    return {
        "name": visitor.name,
        "candidate": isinstance(visitor, Candidate),
        "passed": sorted(visitor.passed if isinstance(visitor, Candidate) else session.passed),
        "roles": sorted(session.roles),
        "display_name": session.display_name,
        "address": session.address,
        "secrets": {name: str(value) for name, value in session.secrets.items()},
        "key": session.key.hex() if session.key is not None else "",
        "idle": int(session.idle.total_seconds()) if session.idle is not None else 0,
        "after_login": session.after_login,
        "notices": [
            {
                "text": pack(told.text),
                "kind": told.kind,
                "undo": [told.undo.path, [list(pair) for pair in told.undo.fields]] if told.undo else None,
            }
            for told in session.notices
        ],
    }


def merge(theirs: Record, before: Record, ours: Record) -> Record:
    """Their record with what we changed since before."""
    merged = {**theirs, "secrets": dict(theirs["secrets"])}
    merged |= {name: ours[name] for name in ("key", "idle") if ours[name] != before.get(name)}
    for name in {*before["secrets"], *ours["secrets"]}:
        if ours["secrets"].get(name) == before["secrets"].get(name):
            continue
        if name in ours["secrets"]:
            merged["secrets"][name] = ours["secrets"][name]
        else:
            merged["secrets"].pop(name, None)
    kept = [notice for notice in theirs["notices"] if notice not in before["notices"] or notice in ours["notices"]]
    merged["notices"] = kept + [notice for notice in ours["notices"] if notice not in before["notices"]]
    return merged


def notice_of(told: Record) -> Notice:
    """A sentence that was kept for the next page."""
    undo = told["undo"]
    fields = tuple((name, value) for name, value in undo[1]) if undo else ()
    return Notice(unpack(told["text"]), told["kind"], Undo(undo[0], fields) if undo else None)


def text_of(record: Record) -> str:
    """A record as it is kept; equal ones are the same text."""
    return json.dumps(record, sort_keys=True)
