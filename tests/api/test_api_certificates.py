"""Certificates over REST: a request that an authority signs, and authorities themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from api_kit import Side
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from panocam.settings import Role

AUTHORITY = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Root of all")])


def issue(key: ec.EllipticCurvePrivateKey, public: ec.EllipticCurvePublicKey, subject: x509.Name, authority: bool) -> str:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(AUTHORITY, subject, public, x509.random_serial_number(), now - timedelta(1), now + timedelta(30))
    built = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True).sign(key, hashes.SHA256())
    return built.public_bytes(Encoding.PEM).decode()


@pytest.mark.feature("GAP-36")
async def test_a_request_is_signed_by_an_authority_that_the_camera_knows(side: Side) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    root = issue(key, key.public_key(), AUTHORITY, authority=True)
    async with side.client(Role.ADMINISTRATOR) as client:
        taken = await client.post("/api/v1/ca-certificates", json={"name": "root", "certificate": root})
        assert (taken.status_code, taken.json()["name"]) == (200, "root")
        assert (await client.get("/api/v1/ca-certificates/root/pem")).text.strip() == root.strip()

        await client.post("/api/v1/certificate-requests", json={"name": "shop", "names": ["camera.example"]})
        request = x509.load_pem_x509_csr((await client.get("/api/v1/certificates/shop/request")).content)
        public = request.public_key()
        assert isinstance(public, ec.EllipticCurvePublicKey)
        strange = await client.put("/api/v1/certificates/shop/answer", json={"certificate": root})
        assert (strange.status_code, "does not belong" in strange.text) == (400, True)
        signed = issue(key, public, request.subject, authority=False)
        answered = await client.put("/api/v1/certificates/shop/answer", json={"certificate": signed})
        assert (answered.status_code, answered.json()["issuer_known"]) == (200, True)

        assert (await client.delete("/api/v1/ca-certificates/root")).status_code == 204
        assert not (await client.get("/api/v1/certificates/shop")).json()["issuer_known"]
        again = await client.delete("/api/v1/ca-certificates/root")
        assert (again.status_code, "root" in again.text) == (404, True)
