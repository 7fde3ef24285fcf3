"""What programs want in order to reach any host through a local SOCKS port.

All of them leave names to the far side: ``socks5h`` where ``socks5`` would look them up on this computer (curl(1),
--proxy). A driver with options of its own for it gets those; most others take the environment's. The JDBC drivers of
Snowflake and Databricks document HTTP proxies only; their Python connectors go by the environment, with PySocks.
"""

from __future__ import annotations

from desktop.core.copy_text import CopyText, TextKey
from desktop.core.model import Endpoint

SOCKS_PORT = 1080


# MongoDB's specification of SOCKS5 support; MySQL Connector/J, "Networking"; Trino's JDBC driver and CLI, "socksProxy".
_OF_KIND = {
    "mongodb": (CopyText("URL options", "proxyHost={host}&proxyPort={port}", TextKey.URL_OPTIONS),),
    "mysql": (
        CopyText(
            "JDBC options",
            "socksProxyHost={host}&socksProxyPort={port}&socksProxyRemoteDns=true",
            TextKey.JDBC_OPTIONS,
        ),
    ),
    "trino": (
        CopyText("JDBC options", "socksProxy={address}", TextKey.JDBC_OPTIONS),
        CopyText("trino", "trino --socks-proxy {address} --server", TextKey.COMMAND),
    ),
}
_PROXY = CopyText("Proxy", "socks5h://{address}", TextKey.PROXY)
_GENERAL = (
    CopyText(
        "Environment",
        "export HTTPS_PROXY=socks5h://{address} HTTP_PROXY=socks5h://{address}",
        TextKey.ENVIRONMENT,
    ),
    CopyText("curl", "curl --proxy socks5h://{address}", TextKey.CURL),
    CopyText("Host and port", "{address}", TextKey.ADDRESS),
)


def socks_texts(kind: str, local: Endpoint) -> tuple[CopyText, ...]:
    """The proxy's address, what the programs of this kind of warehouse want, and what others may."""
    names = {"address": str(local), "host": local.host, "port": str(local.port)}
    texts = (_PROXY, *_OF_KIND.get(kind, ()), *_GENERAL)
    return tuple(CopyText(each.label, each.text.format(**names), each.key) for each in texts)
