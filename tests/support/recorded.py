"""Bytes that warehouses say which no test can start: made by us, each after the place that is named with it."""

from __future__ import annotations

# MS-TDS 2.2.6.5 (PRELOGIN), in a packet as of 2.2.3.1: version 12.0.2000.8, encryption 0x01, no instance, no thread, no
# MARS.
TDS_PRELOGIN_RESPONSE = bytes.fromhex(
    "04 01 00 2b 00 00 01 00 00 00 1a 00 06 01 00 20 00 01 02 00 21 00 01 03 00 22 00 00"
    "04 00 22 00 01 ff 0c 00 07 d0 00 00 01 00 00"
)
# The same with encryption 0x02, ENCRYPT_NOT_SUP (MS-TDS 2.2.6.5).
TDS_WITHOUT_TLS = TDS_PRELOGIN_RESPONSE[:40] + b"\x02" + TDS_PRELOGIN_RESPONSE[41:]
# A REFUSE packet of TNS: its head as nmap knows it (nmap-service-probes, oracle-tns), its text with a VSNNUM.
ORACLE_REFUSAL_TEXT = b"(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR=0))"
ORACLE_REFUSAL = (
    (12 + len(ORACLE_REFUSAL_TEXT)).to_bytes(2, "big")
    + bytes.fromhex("0000 04 00 0000 22 00")
    + len(ORACLE_REFUSAL_TEXT).to_bytes(2, "big")
    + ORACLE_REFUSAL_TEXT
)
# MySQL documentation, "Protocol::HandshakeV10", with CLIENT_SSL (0x0800) among the capabilities.
_MYSQL_REST = (
    bytes.fromhex(
        "0a0000005a3d4f7b12345678 00 ffff 21 0200 ffc1 15 00000000000000000000 2132435465768798a9bacbdc 00"
    )
    + b"mysql_native_password\x00"
)
MYSQL_GREETING = (
    (1 + len(b"8.0.36\x00") + len(_MYSQL_REST)).to_bytes(3, "little") + b"\x00\x0a8.0.36\x00" + _MYSQL_REST
)
# MySQL documentation, "ERR_Packet": number 1040, no SQL state before the handshake.
MYSQL_TOO_MANY = b"\x17\x00\x00\x00\xff\x10\x04Too many connections"
# MongoDB documentation, "OP_MSG" and "hello": an answer to request 1 with isWritablePrimary and a replica set's name.
_MONGODB_DOCUMENT = (
    b"\x08isWritablePrimary\x00\x01"
    + b"\x02setName\x00\x04\x00\x00\x00rs0\x00"
    + b"\x01ok\x00"
    + bytes(6)
    + b"\xf0?\x00"
)
_MONGODB_BODY = bytes(4) + b"\x00" + (4 + len(_MONGODB_DOCUMENT)).to_bytes(4, "little") + _MONGODB_DOCUMENT
MONGODB_HELLO = (
    b"".join(number.to_bytes(4, "little") for number in (16 + len(_MONGODB_BODY), 77, 1, 2013))
    + _MONGODB_BODY
)
# MongoDB's sentence for browsers, as its users quote it; the head is ours.
MONGODB_TO_BROWSERS = (
    b"HTTP/1.0 200 OK\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 85\r\n\r\n"
    b"It looks like you are trying to access MongoDB over HTTP on the native driver port.\r\n"
)
# What the probe looks for in Trino's /v1/info.
TRINO_INFO = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 84\r\n\r\n"
    b'{"nodeVersion":{"version":"435"},"environment":"production","coordinator":true    }'
    b"\n"
)
# Redis, with requirepass, to a PING.
REDIS_WANTS_LOGIN = b"-NOAUTH Authentication required.\r\n"
# RFC 8446 section 6: a fatal alert, unexpected_message, as a TLS server answers what is no TLS.
TLS_ALERT = bytes.fromhex("15 03 03 0002 020a")
# nginx' words for error 497; the rest is ours.
HTTPS_ONLY = (
    b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Length: 70\r\n\r\n"
    b"<h1>400 The plain HTTP request was sent to HTTPS port</h1>            "
)
# ClickHouse's source, TCPHandler.cpp, with its usual ports.
CLICKHOUSE_TO_BROWSERS = (
    b"HTTP/1.0 400 Bad Request\r\n\r\n"
    b"Port 9000 is for clickhouse-client program.\r\nYou must use port 8123 for HTTP.\r\n"
)
# RFC 4253 section 4.2.
SSH_BANNER = b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"
