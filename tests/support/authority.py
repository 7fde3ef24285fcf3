"""An authority for TLS certificates, as a company or a cloud provider has one."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """Two files in PEM: what a server shows, and its key, which only their owner may read."""

    certificate_path: Path
    key_path: Path

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in lower-case hexadecimal digits."""
        shown = x509.load_pem_x509_certificate(self.certificate_path.read_bytes())
        return shown.fingerprint(hashes.SHA256()).hex()


class TlsAuthority:
    """Writes into `folder`. `path` is its own certificate, which a client has to trust."""

    def __init__(self, folder: Path, name: str = "Example Authority") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        self._made = 0
        certificate = (
            _unsigned(self._name, self._name, self._key, _now() - DAY, _now() + DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_KEY_USAGE, critical=True)
            .add_extension(self._key_identifier, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        self.path = folder / f"{name.replace(' ', '-').lower()}.pem"
        self.path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def certificate(self, *names: str, over: bool = False, not_yet: bool = False) -> ServerCertificate:
        """For servers of these names and addresses; of a time that is `over`, or that has `not_yet` come."""
        key = ec.generate_private_key(ec.SECP256R1())
        shift = -3 * DAY if over else 3 * DAY if not_yet else 0 * DAY
        certificate = (
            _unsigned(_named(names[0]), self._name, key, _now() - DAY + shift, _now() + DAY + shift)
            .add_extension(x509.SubjectAlternativeName([_name_of(name) for name in names]), critical=False)
            .add_extension(self._authority_identifier, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        self._made += 1
        made = ServerCertificate(
            self._folder / f"server-{self._made}.pem", self._folder / f"server-{self._made}.key"
        )
        made.certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        made.key_path.touch(mode=0o600)
        made.key_path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return made

    @property
    def _key_identifier(self) -> x509.SubjectKeyIdentifier:
        return x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())

    @property
    def _authority_identifier(self) -> x509.AuthorityKeyIdentifier:
        return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(self._key_identifier)


_KEY_USAGE = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def _unsigned(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    since: dt.datetime,
    until: dt.datetime,
) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(
        subject_name=subject,
        issuer_name=issuer,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=since,
        not_valid_after=until,
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _name_of(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
