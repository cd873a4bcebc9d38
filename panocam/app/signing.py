"""Who signs this camera's video: the key where the settings put it, its certificates, and what the camera says of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import panocam
from panocam.access import KeyStore
from panocam.access.pkcs11_key import TokenAddress, TokenKey
from panocam.access.signing_key import FileKey, SigningKey
from panocam.access.video_identity import MAKER, VideoIdentity
from panocam.codecs.signing.document import Product, Signatory
from panocam.pipeline.signing import SigningDesk
from panocam.settings import DataFolder, Snapshot, Store
from panocam.settings.signing import KeyPlace


@dataclass(frozen=True)
class CameraIdentity:
    """``pipeline.signing.Identity`` of this camera; the product is described as it is at the moment of asking."""

    video: VideoIdentity
    settings: Callable[[], Snapshot]

    @property
    def signatory(self) -> Signatory:
        """For a stream that begins now."""
        device = self.settings().device
        product = Product(device.model.upper(), panocam.__version__, device.serial, MAKER)
        return Signatory(product, self.video.public_pem, self.video.chain_pem)

    def sign(self, digest: bytes) -> bytes:
        """See ``access.signing_key.SigningKey.sign``."""
        return self.video.key.sign(digest)


def signing_desk(store: Store, folder: DataFolder, keystore: KeyStore) -> SigningDesk[CameraIdentity]:
    """Opens nothing yet: key and certificates are made when the first stream is signed or somebody asks for them."""

    def opened() -> CameraIdentity:
        settings = store.running
        return CameraIdentity(VideoIdentity.open(folder, _key(settings, keystore), settings.device.serial), lambda: store.running)

    return SigningDesk(opened)


def _key(settings: Snapshot, keystore: KeyStore) -> SigningKey:
    signing = settings.signing
    if signing.key_store is KeyPlace.FILE:
        return FileKey.open(keystore)
    return TokenKey.open(TokenAddress(signing.pkcs11_module, signing.pkcs11_token, signing.pkcs11_pin.get_secret_value()))
