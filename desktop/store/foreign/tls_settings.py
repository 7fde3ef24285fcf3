"""How other programs write down TLS, as a `Tls`.

Where several words mean nearly the same, it becomes the stricter: that fails with a sentence, and never in silence.
Sources: libpq "SSL Support" (sslmode), pgJDBC "Using SSL" (ssl), MySQL Connector/J "Security" (sslMode,
useSSL), SQL Server "Setting the connection properties" (encrypt, trustServerCertificate, hostNameInCertificate).
"""

from __future__ import annotations

from collections.abc import Mapping

from desktop.core.foreign import Remark
from desktop.core.tls import AUTOMATIC, Tls, TlsMode

_MODES = {
    "disable": TlsMode.OFF,
    "disabled": TlsMode.OFF,
    "allow": TlsMode.AUTO,
    "prefer": TlsMode.AUTO,
    "preferred": TlsMode.AUTO,
    "require": TlsMode.REQUIRE,
    "required": TlsMode.REQUIRE,
    "trust": TlsMode.REQUIRE,
    "none": TlsMode.REQUIRE,
    "strict": TlsMode.VERIFY,
    "verify-ca": TlsMode.VERIFY,
    "verify-full": TlsMode.VERIFY,
    "verify-identity": TlsMode.VERIFY,
}
_FILE_NAMES = ("sslrootcert", "ssl.ca.cert", "serversslcert", "sslca", "ca-cert")
_CLIENT_NAMES = ("sslcert", "sslkey", "ssl.client.cert", "ssl.client.key", "client-cert", "client-key")


def tls_of(values: Mapping[str, str]) -> tuple[Tls, tuple[Remark, ...]]:
    """`values` have names in lower case."""
    word = values.get("sslmode", "").casefold().replace("_", "-")
    mode = _MODES.get(word) if word else _mode_of_switches(values)
    if mode is None:
        mode = TlsMode.VERIFY if word else TlsMode.AUTO
    ca_file = next((values[name] for name in _FILE_NAMES if values.get(name)), "")
    # libpq's word for the authorities of the system.
    ca_file = "" if ca_file == "system" else ca_file
    server_name = values.get("hostnameincertificate", "") if mode is TlsMode.VERIFY else ""
    remarks = [Remark.NAME_CHECKED_TOO] if word == "verify-ca" else []
    remarks += [Remark.CLIENT_CERTIFICATE_LEFT] if any(values.get(name) for name in _CLIENT_NAMES) else []
    if mode is TlsMode.AUTO and not ca_file:
        return AUTOMATIC, tuple(remarks)
    return Tls(mode, "" if mode is TlsMode.OFF else ca_file, server_name), tuple(remarks)


def _mode_of_switches(values: Mapping[str, str]) -> TlsMode | None:
    """The settings that say yes or no."""

    def says(name: str, *words: str) -> bool:
        return values.get(name, "").casefold() in words

    def yes(name: str) -> bool:
        return says(name, "true", "1", "yes", "strict", "mandatory")

    if yes("ssl.verify.server") or yes("verifyservercertificate"):
        return TlsMode.VERIFY
    if yes("encrypt"):
        return TlsMode.REQUIRE if yes("trustservercertificate") else TlsMode.VERIFY
    if says("encrypt", "false", "no", "optional") or says("usessl", "false"):
        return TlsMode.OFF
    if yes("ssl.require") or yes("usessl") or yes("requiressl"):
        return TlsMode.REQUIRE
    # Whoever switches on plain "ssl" of pgJDBC, ClickHouse or Trino gets the certificate verified.
    return TlsMode.VERIFY if yes("ssl") else None
