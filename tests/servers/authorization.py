"""A real authorization server on this machine: discovery, keys, codes with PKCE, ID tokens, renewal, revocation.

It is Authlib's, over HTTP on a free port of the loopback. Who is logged in there, what they answer when they are asked,
and how the server misbehaves, is up to the test.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import flask
from joserfc.jwk import KeySet
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from tests.servers.authorization_grants import Server, find_grant
from tests.servers.provider_state import CLIENT_ID, CLIENT_SECRET, Provider, Someone, new_key

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "Provider", "Someone", "new_key", "start_provider"]

_PAGE = """<!doctype html><html lang=en><title>The provider</title><h1>Log in as {{ name }}?</h1>
<form method=post><button name=answer value=yes id=yes>Allow</button><button name=answer value=no id=no>Deny</button>
</form></html>"""


@contextmanager
def start_provider() -> Iterator[Provider]:
    """A provider at which Ada is logged in and allows everything."""
    provider = Provider()
    app = _make_app(provider)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    provider.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _make_app(provider: Provider) -> flask.Flask:
    app = flask.Flask("provider")
    app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
    server = Server(app, provider)
    _add_faults(app, provider)

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Mapping[str, object]:
        at = provider.issuer
        return {
            "issuer": at,
            "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/keys",
            "revocation_endpoint": f"{at}/revoke",
            "introspection_endpoint": f"{at}/introspect",
            "authorization_response_iss_parameter_supported": provider.tells_issuer,
        }

    @app.get("/keys")
    def keys() -> Mapping[str, object]:
        return dict(KeySet([provider.key]).as_dict(private=False))

    @app.route("/authorize", methods=["GET", "POST"])
    def authorize() -> Response | str:
        grant = server.get_consent_grant(end_user=provider.someone)  # type: ignore[no-untyped-call]  # as below
        if flask.request.method == "GET":
            provider.queries.append(dict(flask.request.args))
            if provider.asks:
                return flask.render_template_string(_PAGE, name=provider.someone.name)
        no = provider.says_no or flask.request.form.get("answer") == "no"
        response = server.create_authorization_response(grant=grant, grant_user=None if no else provider.someone)
        assert isinstance(response, Response)
        if provider.tells_issuer:
            response.headers["Location"] += f"&iss={provider.issuer}"
        return response

    _add_endpoints(app, server, provider)
    return app


def _add_endpoints(app: flask.Flask, server: Server, provider: Provider) -> None:
    @app.post("/token")
    def token() -> Response:
        provider.forms.append(dict(flask.request.form))
        return server.create_token_response()  # type: ignore[return-value]  # a response of Flask

    @app.post("/revoke")
    def revoke() -> Response:
        return server.create_endpoint_response("revocation")  # type: ignore[no-any-return, no-untyped-call]  # has no types

    @app.post("/introspect")
    def introspect() -> Mapping[str, object]:
        """RFC 7662, for a mail server that shows no secret of its own."""
        grant = find_grant(provider, flask.request.form.get("token", ""))
        active = grant is not None and not grant.revoked and not grant.is_expired()
        return {"active": True, "email": grant.user.email} if grant is not None and active else {"active": False}


def _add_faults(app: flask.Flask, provider: Provider) -> None:
    @app.before_request
    def misbehave() -> Response | None:
        provider.asked.append(flask.request.path)
        reply = provider.replies.get(flask.request.path)
        return reply() if reply is not None else None
