"""Sign in through an identity provider: OpenID Connect Core 1.0, code flow, with PKCE (RFC 7636, S256).

`state` binds the answer to the browser that asked, `nonce` the token to the request, the verifier the code to us, and `iss`
in the answer (RFC 9207) names who gave it. The ID token must be signed by a key of the issuer, for us, and be fresh. It says
who somebody is; what they may do comes from the ledger alone.
"""

import base64
import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from kansa.clock import MICROSECONDS
from kansa.errors import KansaError

ALGORITHMS = ("ES256", "ES384", "ES512", "Ed25519", "EdDSA", "PS256", "PS384", "PS512", "RS256")
WAITED = 600 * MICROSECONDS
"""How long the provider may take from the request to its answer."""
SKEW = 60
"""Seconds by which the clocks may differ."""
_SECONDS = 10.0
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider, our client there, and which of its subjects is which person (by id or name)."""

    issuer: str
    client: str
    secret: str | None
    algorithms: tuple[str, ...]
    people: Mapping[str, str]

    @property
    def origin(self) -> str:
        """Where forms may lead: the origin of the issuer."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request to the provider, until its answer comes."""

    nonce: str
    verifier: str
    browser: str
    where: str
    at: int


@dataclass(slots=True)
class SignInThroughProvider:
    """Leads browsers to the provider and reads what they come back with."""

    provider: Provider
    redirect: str
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _asked: "OrderedDict[str, _Asked]" = field(default_factory=OrderedDict)
    _found: dict[str, Any] | None = None

    def begin(self, where: str, now: int) -> tuple[str, str]:
        """Return the provider's address to lead a browser to, and a secret for that browser's cookie.

        Raises:
            KansaError: `web.provider`, if the provider does not answer.
        """
        state, browser = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        asked = _Asked(secrets.token_urlsafe(24), secrets.token_urlsafe(48), browser, where, now)
        with self._turn:
            self._asked[state] = asked
            while len(self._asked) > _MOST:
                self._asked.popitem(last=False)
        query = {
            "response_type": "code",
            "client_id": self.provider.client,
            "redirect_uri": self.redirect,
            "scope": "openid",
            "state": state,
            "nonce": asked.nonce,
            "code_challenge": _challenge(asked.verifier),
            "code_challenge_method": "S256",
        }
        return f"{self._discovered()['authorization_endpoint']}?{urlencode(query)}", browser

    def finish(self, answer: Mapping[str, str], browser: str, now: int) -> tuple[str, str]:
        """Return the provider's subject in an answer, and where its browser wanted to go.

        Raises:
            KansaError: `web.signin`, if it is no answer to a request of this browser, or the token does not count;
                `web.provider`.
        """
        with self._turn:
            asked = self._asked.pop(answer.get("state", ""), None)
        if asked is None or now - asked.at > WAITED or not hmac.compare_digest(asked.browser, browser):
            raise _refused("the answer is to no request of this browser")
        if answer.get("iss", self.provider.issuer) != self.provider.issuer:
            raise _refused("the answer is of another issuer")
        if "error" in answer:
            raise _refused(f"the identity provider says `{answer['error'][:60]}`")
        token = self._exchanged(answer.get("code", ""), asked.verifier)
        return self._subject(token, asked.nonce, now // MICROSECONDS), asked.where

    def _exchanged(self, code: str, verifier: str) -> str:
        data = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect,
            "client_id": self.provider.client,
            "code_verifier": verifier,
        }
        auth = None if self.provider.secret is None else (self.provider.client, self.provider.secret)
        try:
            given = httpx.post(self._discovered()["token_endpoint"], data=data, auth=auth, timeout=_SECONDS)
            token = given.json().get("id_token") if given.status_code == httpx.codes.OK else None
        except (httpx.HTTPError, ValueError) as error:
            raise _silent(error) from error
        if not isinstance(token, str):
            raise _refused("the code was not taken")
        return token

    def _subject(self, token: str, nonce: str, now: int) -> str:
        try:
            keys = KeySet.import_key_set(cast("Any", self._fetched(self._discovered()["jwks_uri"])))
            claims = jwt.decode(token, keys, algorithms=list(self.provider.algorithms)).claims
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise _refused("the token is not signed by the issuer") from error
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        expires, subject = claims.get("exp"), claims.get("sub")
        good = (
            claims.get("iss") == self.provider.issuer
            and self.provider.client in audiences
            and (len(audiences) == 1 or claims.get("azp") == self.provider.client)
            and isinstance(expires, int)
            and now < expires + SKEW
            and hmac.compare_digest(str(claims.get("nonce", "")), nonce)
            and isinstance(subject, str)
        )
        if not good:
            raise _refused("the token is not for this sign-in")
        return str(subject)

    def _discovered(self) -> dict[str, Any]:
        if self._found is None:
            found = self._fetched(f"{self.provider.issuer}/.well-known/openid-configuration")
            if found.get("issuer") != self.provider.issuer:
                raise _refused("the discovery document is of another issuer")
            self._found = found
        return self._found

    @staticmethod
    def _fetched(address: str) -> dict[str, Any]:
        try:
            given = httpx.get(address, timeout=_SECONDS).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise _silent(error) from error
        if not isinstance(given, dict):
            raise _refused("the identity provider answers something else")
        return given


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _refused(why: str) -> KansaError:
    return KansaError(
        "web.signin", f"the sign-in does not count: {why}", help="begin again at the sign-in page"
    )


def _silent(error: Exception) -> KansaError:
    return KansaError(
        "web.provider",
        f"the identity provider does not answer: {type(error).__name__}",
        help="try again; a link from the terminal works meanwhile",
    )
