"""Links that ask for a connection."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from desktop.core.links import connection_named_by


@pytest.mark.parametrize(
    ("link", "name"),
    [
        ("caponier://connect/sales", "sales"),
        ("caponier://connect/sales/", "sales"),
        ("CAPONIER://Connect/Sales", "Sales"),
        ("caponier://connect/Sales%20EU", "Sales EU"),
        ("caponier://connect/Lager%20K%C3%B6ln", "Lager Köln"),
        ("caponier://connect/倉庫", "倉庫"),
        ("caponier://connect/a+b", "a+b"),
        ("caponier://connect/100%25", "100%"),
        ("caponier://connect/a%2Fb%3Fc%23d", "a/b?c#d"),
        ("caponier://connect/%2D%2Dhidden", "--hidden"),
    ],
)
def test_the_name_is_read(link: str, name: str) -> None:
    assert connection_named_by(link) == name


@pytest.mark.parametrize(
    "name", ["sales", "100 % & more", "a/b", "../..", "?", "#", "Köln", "倉庫", "\U0001f3db"]
)
def test_every_name_can_be_put_in_a_link(name: str) -> None:
    assert connection_named_by(f"caponier://connect/{quote(name, safe='')}") == name


@pytest.mark.parametrize(
    "link",
    [
        "",
        "sales",
        "connect/sales",
        "https://connect/sales",
        "caponier:connect/sales",
        "caponier:///connect/sales",
        "caponier://disconnect/sales",
        "caponier://connect",
        "caponier://connect/",
        "caponier://connect//",
        "caponier://connect/%20",
        "caponier://connect/sales/eu",
        "caponier://connect//sales",
        "caponier://connect/sales?host=evil.example.com",
        "caponier://connect/sales#part",
        "caponier://me@connect/sales",
        "caponier://connect:22/sales",
        "caponier://connect.example.com/sales",
        "caponier://[connect/sales",
        "caponier://connect/sal\nes",
        "caponier://connect/sal%0Aes",
        "caponier://connect/sal%00es",
        "caponier://connect/sal%E2%80%AEes",
        "caponier://connect/%FF",
        "caponier://connect/" + "a" * 2000,
    ],
)
def test_anything_else_is_no_link_of_ours(link: str) -> None:
    assert connection_named_by(link) is None
