"""The file of callers as it is written: how tokens are checked, and who may ask for what and how often."""

import json
from pathlib import Path
from typing import Annotated

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from kansa.config_files import ProblemCollector
from kansa.config_files.models import ConfigModel, doc, one_of, read_model, title
from kansa.config_files.values import Count, FilePath, OneOf, OneOrMore
from kansa.interfaces.api.callers import ACTIONS, DEFAULT_PER_SECOND, Caller, CallerRegistry, Tokens

ALGORITHMS = ("ES256", "ES384", "ES512", "Ed25519", "EdDSA", "PS256", "PS384", "PS512", "RS256")


class TokensModel(ConfigModel):
    """What a signed token (RFC 7519) has to say to count."""

    model_config = title("Tokens", "トークン")
    issuer: str = doc("who issues the tokens", "トークンの発行者", example="https://idp.example")
    audience: str = doc("for whom they are issued", "トークンの宛先", example="kansa-gate")
    algorithms: OneOrMore[Annotated[str, OneOf(lambda: ALGORITHMS)]] = doc(
        "the signature algorithms that count; all have a public key",
        "認める署名アルゴリズム。いずれも公開鍵方式",
        example="[Ed25519]",
        min_length=1,
    )
    keys: FilePath = doc(
        "the file of the issuer's public keys, a JWK set (RFC 7517), from this file's folder",
        "発行者の公開鍵のファイル（JWK セット、RFC 7517）。このファイルのフォルダーから",
        example="jwks.json",
    )


class CallerModel(ConfigModel):
    """One system that may ask."""

    model_config = title("Caller", "呼び出し元", one_of("token", "certificate", how="anyOf"))
    name: str = doc("the caller's name in decisions", "判断の記録に残る名前", example="slurm-ishikari")
    token: str | None = doc("the subject of its tokens", "トークンの subject", None)
    certificate: str | None = doc(
        "a DNS or URI name of its client certificate", "クライアント証明書の DNS 名または URI", None
    )
    actions: OneOrMore[Annotated[str, OneOf(lambda: sorted(ACTIONS))]] = doc(
        "for which actions it may ask; else for all", "問い合わせてよい行為。省けばすべて", ()
    )
    per_second: Count = doc("questions a second", "毎秒の問い合わせ数", DEFAULT_PER_SECOND)
    burst: Count | None = doc(
        "questions at once; else twice those of a second", "一度の問い合わせ数。省けば毎秒の 2 倍", None
    )

    def check(self) -> None:
        """Refuse a caller that nobody could be."""
        if not self.given("token") and not self.given("certificate"):
            self.refuse(
                "says neither `token` nor `certificate`: nobody could be this caller", structural=True
            )


class CallersFile(ConfigModel):
    """Who may ask the gate."""

    model_config = title("Callers of the gate", "ゲートの呼び出し元")
    tokens: TokensModel | None = doc(
        "how signed tokens are checked; needed where callers have tokens",
        "署名付きトークンの検証方法。トークンを使う呼び出し元があれば必須",
        None,
    )
    callers: OneOrMore[CallerModel] = doc("the callers", "呼び出し元", ())

    def check(self) -> None:
        """Refuse a name that two callers have, and tokens that nothing checks."""
        for kind in ("token", "certificate"):
            seen: set[str] = set()
            for caller in self.callers:
                name = getattr(caller, kind)
                if name in seen:
                    caller.refuse(f"`{name}` is another caller already", kind, "give each caller its own")
                seen |= {name} - {None}
        if self.tokens is None and not self.given("tokens") and any(each.token for each in self.callers):
            self.refuse(
                "callers with tokens need a `tokens` section",
                advice="give `issuer`, `audience`, `algorithms` and `keys`",
            )


def read_callers(path: Path) -> CallerRegistry:
    """Read a file of callers.

    Raises:
        BadInput: `serve.callers`, with everything that is wrong.
    """
    sink = ProblemCollector(str(path), "serve.callers")
    file = read_model(path, CallersFile, sink)
    tokens = None if file.tokens is None else _tokens(file.tokens, path.parent)
    sink.settle("the callers")
    callers = [(each, _caller(each)) for each in file.callers]
    return CallerRegistry(
        {each.token: caller for each, caller in callers if each.token is not None},
        {each.certificate: caller for each, caller in callers if each.certificate is not None},
        tokens,
    )


def _caller(file: CallerModel) -> Caller:
    actions = frozenset(file.actions) or ACTIONS
    return Caller(file.name, actions, file.per_second, file.burst or 2 * file.per_second)


def _tokens(file: TokensModel, folder: Path) -> Tokens | None:
    if not file.has("keys"):
        return None
    try:
        keys = KeySet.import_key_set(json.loads((folder / file.keys).read_bytes()))
    except OSError as error:
        file.refuse(f"`{file.keys}` cannot be read: {error.strerror}", "keys")
    except (ValueError, TypeError, KeyError, JoseError) as error:
        file.refuse(f"the keys cannot be read as a JWK set (RFC 7517): {error}", "keys")
    else:
        return Tokens(file.issuer, file.audience, file.algorithms, keys)
    return None
