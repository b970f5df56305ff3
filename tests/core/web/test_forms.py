"""What signs the cookie of forms, while the keys of the site change."""

import flask
import pytest
from itsdangerous import BadSignature, URLSafeTimedSerializer

from core.web.forms import FormSession, FormSigning


def serializer_of(session: FormSession) -> URLSafeTimedSerializer:
    """What the session signs with now."""
    found = session.get_signing_serializer(flask.Flask("hm3"))
    assert found is not None
    return found


def test_the_newest_key_signs_and_all_are_believed() -> None:
    keys = [b"first"]
    session = FormSession(FormSigning(lambda: tuple(keys)))
    before = serializer_of(session).dumps({"csrf_token": "a"})
    keys.insert(0, b"second")
    assert serializer_of(session).loads(before) == {"csrf_token": "a"}
    after = serializer_of(session).dumps({"csrf_token": "a"})
    keys.remove(b"first")
    assert serializer_of(session).loads(after) == {"csrf_token": "a"}
    with pytest.raises(BadSignature):
        serializer_of(session).loads(before)


def test_as_long_as_the_keys_stay_what_signs_is_made_once() -> None:
    session = FormSession(FormSigning(lambda: (b"first",)))
    assert serializer_of(session) is serializer_of(session)
