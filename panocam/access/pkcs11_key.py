"""The key that signs video in a PKCS#11 token: a smart card, a network key store, a TPM behind tpm2-pkcs11, or SoftHSM for trying.

The key pair is made inside the token, marked sensitive and not extractable, and found again by its label. Needs the Python package
``python-pkcs11``. A session must not be shared between threads, so whoever opens the key also signs with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from panocam.access.signing_key import KeyPlace, Protection
from panocam.errors import Unavailable

LABEL = "panocam-video-signing"
HALF = 32
"""Bytes of each of the two numbers of a P-256 signature."""


@dataclass(frozen=True)
class TokenAddress:
    """``module`` is the path of the token's library, ``token`` its label, ``pin`` the user's. The PIN is never shown."""

    module: str
    token: str
    pin: str

    def __repr__(self) -> str:
        return f"TokenAddress({self.module!r}, {self.token!r})"


class TokenKey:
    """Opens a session for good; after a failure open another."""

    def __init__(self, session: Any, private: Any, public: ec.EllipticCurvePublicKey, name: str) -> None:
        self._session, self._private, self._mechanism = session, private, import_module("pkcs11").Mechanism.ECDSA
        self.public = public
        self.place = KeyPlace(f"PKCS#11 token {name}", Protection.TOKEN)

    @classmethod
    def open(cls, address: TokenAddress) -> TokenKey:
        """Find the key in the token, or make it there on first use. Raises Unavailable (package, library, token, PIN)."""
        try:
            pkcs11 = import_module("pkcs11")
        except ImportError:
            raise Unavailable("a PKCS#11 key store needs the package python-pkcs11; install it, or keep the key in a file") from None
        try:
            session = _session(pkcs11, address)
        except (pkcs11.PKCS11Error, RuntimeError, OSError) as fault:
            raise Unavailable(
                f"PKCS#11 token {address.token!r} in {address.module}: {_said(fault)}; check library, label and PIN"
            ) from None
        try:
            private, public = _found(pkcs11, session) or _made(pkcs11, session)
            return cls(session, private, public, address.token)
        except (pkcs11.PKCS11Error, ValueError) as fault:
            session.close()
            raise Unavailable(
                f"PKCS#11 token {address.token!r} gives no P-256 key: {_said(fault)}; use a token that makes such keys"
            ) from None

    def sign(self, digest: bytes) -> bytes:
        """The token does it."""
        try:
            raw = self._private.sign(digest, mechanism=self._mechanism)
        except import_module("pkcs11").PKCS11Error as fault:
            raise Unavailable(f"{self.place.store} does not sign: {_said(fault)}; is it still there?") from None
        return encode_dss_signature(int.from_bytes(raw[:HALF], "big"), int.from_bytes(raw[HALF:], "big"))

    def close(self) -> None:
        """Give the session back."""
        self._session.close()


def _session(pkcs11: Any, address: TokenAddress) -> Any:
    token = pkcs11.lib(address.module).get_token(token_label=address.token)
    try:
        return token.open(rw=True, user_pin=address.pin)
    except pkcs11.UserAlreadyLoggedIn:  # a login counts for the whole process, also one whose session was lost
        return token.open(rw=True)


def _found(pkcs11: Any, session: Any) -> tuple[Any, ec.EllipticCurvePublicKey] | None:
    kinds = pkcs11.ObjectClass
    try:
        private = session.get_key(object_class=kinds.PRIVATE_KEY, key_type=pkcs11.KeyType.EC, label=LABEL)
        public = session.get_key(object_class=kinds.PUBLIC_KEY, key_type=pkcs11.KeyType.EC, label=LABEL)
    except pkcs11.NoSuchKey:
        return None
    return private, _public(public)


def _made(pkcs11: Any, session: Any) -> tuple[Any, ec.EllipticCurvePublicKey]:
    util, attribute = import_module("pkcs11.util.ec"), pkcs11.Attribute
    curve = {attribute.EC_PARAMS: util.encode_named_curve_parameters("secp256r1")}
    uses = pkcs11.MechanismFlag
    public, private = session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True).generate_keypair(
        capabilities=uses.SIGN | uses.VERIFY | uses.ENCRYPT | uses.DECRYPT,  # as a TPM behind tpm2-pkcs11 has it; no P-256 key encrypts
        store=True, label=LABEL, public_template={attribute.WRAP: None},
        private_template={attribute.SENSITIVE: True, attribute.EXTRACTABLE: False, attribute.UNWRAP: None, attribute.DERIVE: None},
    )  # fmt: skip
    return private, _public(public)


def _public(key: Any) -> ec.EllipticCurvePublicKey:
    public = load_der_public_key(import_module("pkcs11.util.ec").encode_ec_public_key(key))
    if not isinstance(public, ec.EllipticCurvePublicKey) or public.curve.name != "secp256r1":
        raise ValueError("the key is not P-256")
    return public


def _said(fault: Exception) -> str:
    return str(fault) or type(fault).__name__
