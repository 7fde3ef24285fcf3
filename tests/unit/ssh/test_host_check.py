"""Whether a server is one that the person knows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from desktop.core.errors import HostKeyChanged, HostKeyRevoked, HostKeyUnknown
from desktop.core.host_key_errors import HostKeyStrict
from desktop.core.model import Endpoint
from desktop.core.plan import Strictness, Trust, known_hosts_name
from desktop.ssh.host_check import HostCheck
from desktop.ssh.keys import fingerprint
from tests.support.host_keys import hashed_name, known_to_ssh, line, own_path

BASTION = Endpoint("bastion.example.com", 22)
OTHER_PORT = Endpoint("bastion.example.com", 2222)
NAME = BASTION.host
SUPPORTED = ("ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256")
Keys = dict[str, paramiko.PKey]


def check(
    folder: Path,
    text: str,
    *accepted: str,
    at: Endpoint = BASTION,
    strictness: Strictness = Strictness.ASK,
    hash_names: bool = False,
) -> HostCheck:
    trust = Trust(known_hosts_name(at), strictness=strictness, hash_names=hash_names)
    return HostCheck(at, trust, known_to_ssh(folder, text), frozenset(accepted))


def change(checked: HostCheck, key: paramiko.PKey) -> dict[str, str]:
    with pytest.raises(HostKeyChanged) as caught:
        checked.verify(key)
    return dict(caught.value.facts)


def test_a_known_key_is_trusted(tmp_path: Path, keys: Keys) -> None:
    lines = "".join(f"{NAME} {line(keys[name])}\n" for name in ("rsa", "another", "ed25519"))
    check(tmp_path, lines).verify(keys["ed25519"])


def test_an_unknown_key_comes_with_what_an_answer_needs(tmp_path: Path, keys: Keys) -> None:
    with pytest.raises(HostKeyUnknown) as caught:
        check(tmp_path, "").verify(keys["ecdsa"])
    facts = caught.value.facts
    assert facts["key"] == line(keys["ecdsa"])
    assert facts["fingerprint"] == fingerprint(keys["ecdsa"])
    assert (facts["key_type"], facts["port"]) == ("ecdsa-sha2-nistp256", "22")


@pytest.mark.parametrize("known_key", ["another", "rsa"])
def test_a_changed_key_is_refused_even_when_accepted_as_that_of_an_unknown_host(
    known_key: str, tmp_path: Path, keys: Keys
) -> None:
    text = f"{NAME} {line(keys[known_key])}\n"
    facts = change(check(tmp_path, text, line(keys["ed25519"])), keys["ed25519"])
    assert facts["known_fingerprint"] == fingerprint(keys[known_key])
    assert facts["known_type"] == keys[known_key].get_name()
    assert facts["fingerprint"] == fingerprint(keys["ed25519"])
    assert facts["known_in"] == f"{tmp_path / 'known_hosts'}:1"
    assert (facts["known_name"], facts["first_seen"]) == (NAME, "")


def test_a_changed_key_is_compared_with_the_known_one_of_its_type(tmp_path: Path, keys: Keys) -> None:
    text = f"{NAME} {line(keys['rsa'])}\n{NAME} {line(keys['another'])}\n"
    facts = change(check(tmp_path, text), keys["ed25519"])
    assert facts["known_fingerprint"] == fingerprint(keys["another"])


def test_when_the_old_key_was_first_seen(tmp_path: Path, keys: Keys) -> None:
    check(tmp_path, "", line(keys["another"])).verify(keys["another"])
    facts = change(check(tmp_path, ""), keys["ed25519"])
    assert f"added {facts['first_seen']} by Caponier" in own_path(tmp_path).read_text()


def test_a_replaced_key_is_not_trusted_any_more_wherever_it_is_written(tmp_path: Path, keys: Keys) -> None:
    text = f"{NAME} {line(keys['rsa'])}\n{NAME},other {line(keys['another'])}\n"
    answer = change(check(tmp_path, text), keys["ed25519"])["key"]
    check(tmp_path, text, answer).verify(keys["ed25519"])
    check(tmp_path, text).verify(keys["ed25519"])
    for old in ("rsa", "another"):
        assert change(check(tmp_path, text), keys[old])["known_fingerprint"] == fingerprint(keys["ed25519"])
    # The server came back with its old key: a change like any other.
    back = change(check(tmp_path, text), keys["rsa"])["key"]
    check(tmp_path, text, back).verify(keys["rsa"])
    assert change(check(tmp_path, text), keys["ed25519"])["known_fingerprint"] == fingerprint(keys["rsa"])
    assert change(check(tmp_path, text), keys["another"])


def test_an_answer_replaces_only_the_keys_that_it_was_about(tmp_path: Path, keys: Keys) -> None:
    answer = change(check(tmp_path, f"{NAME} {line(keys['rsa'])}\n"), keys["ed25519"])["key"]
    change(check(tmp_path, f"{NAME} {line(keys['another'])}\n", answer), keys["ed25519"])
    change(check(tmp_path, f"{NAME} {line(keys['rsa'])}\n", answer), keys["another"])


def test_where_asking_is_not_allowed_nothing_is_accepted(tmp_path: Path, keys: Keys) -> None:
    strict = Strictness.YES
    with pytest.raises(HostKeyStrict) as caught:
        check(tmp_path, "", line(keys["rsa"]), strictness=strict).verify(keys["rsa"])
    assert caught.value.facts["files"] == f"{own_path(tmp_path)}, {tmp_path / 'known_hosts'}"
    text = f"{NAME} {line(keys['another'])}\n"
    answer = change(check(tmp_path, text), keys["rsa"])["key"]
    assert change(check(tmp_path, text, answer, strictness=strict), keys["rsa"])["key"] == ""


def test_a_new_key_is_accepted_unasked_where_the_config_says_so_but_no_changed_one(
    tmp_path: Path, keys: Keys
) -> None:
    new = Strictness.ACCEPT_NEW
    check(tmp_path, "", strictness=new, hash_names=True).verify(keys["rsa"])
    assert own_path(tmp_path).read_text().startswith("|1|")
    check(tmp_path, "").verify(keys["rsa"])
    change(check(tmp_path, "", strictness=new), keys["another"])


def test_a_revoked_key_is_refused_whoever_trusts_it(tmp_path: Path, keys: Keys) -> None:
    key = line(keys["ed25519"])
    for hosts in ("*", NAME, hashed_name(NAME)):
        with pytest.raises(HostKeyRevoked) as caught:
            check(tmp_path, f"{NAME} {key}\n@revoked {hosts} {key}\n", key).verify(keys["ed25519"])
        assert caught.value.facts["known_in"].endswith(":2")


def test_a_key_revoked_for_a_host_is_refused_on_each_of_its_ports(tmp_path: Path, keys: Keys) -> None:
    key = line(keys["ed25519"])
    with pytest.raises(HostKeyRevoked):
        check(tmp_path, f"{NAME} {key}\n@revoked {NAME} {key}\n", at=OTHER_PORT).verify(keys["ed25519"])


def test_an_entry_without_the_port_confirms_a_key_and_denies_none(tmp_path: Path, keys: Keys) -> None:
    text = f"{NAME} {line(keys['ed25519'])}\n"
    checked = check(tmp_path, text, at=OTHER_PORT)
    checked.verify(keys["ed25519"])
    assert checked.preferred_algorithms(("rsa-sha2-512", "ssh-ed25519"))[0] == "ssh-ed25519"
    with pytest.raises(HostKeyUnknown):
        checked.verify(keys["another"])
    change(check(tmp_path, f"{text}[{NAME}]:2222 {line(keys['rsa'])}\n", at=OTHER_PORT), keys["ed25519"])


def test_a_host_known_by_an_alias_has_no_port(tmp_path: Path, keys: Keys) -> None:
    store = known_to_ssh(tmp_path, f"{NAME} {line(keys['ed25519'])}\nalias {line(keys['rsa'])}\n")
    for alias in ("alias", "ALIAS"):
        HostCheck(OTHER_PORT, Trust(alias), store, frozenset()).verify(keys["rsa"])
    with pytest.raises(HostKeyChanged):
        HostCheck(OTHER_PORT, Trust("alias"), store, frozenset()).verify(keys["ed25519"])


def test_a_certificate_authority_is_no_host_key(tmp_path: Path, keys: Keys) -> None:
    with pytest.raises(HostKeyUnknown):
        check(tmp_path, f"@cert-authority * {line(keys['ed25519'])}\n").verify(keys["ed25519"])


def test_an_accepted_key_is_written_down_once(tmp_path: Path, keys: Keys) -> None:
    for _ in range(2):
        check(tmp_path, "", line(keys["ed25519"])).verify(keys["ed25519"])
    assert own_path(tmp_path).read_text().count(f"{NAME} {line(keys['ed25519'])}") == 1
    check(tmp_path, "").verify(keys["ed25519"])


def test_files_of_a_host_s_own_count_instead_of_the_usual_ones(tmp_path: Path, keys: Keys) -> None:
    store = known_to_ssh(tmp_path, f"{NAME} {line(keys['rsa'])}\n")
    other = tmp_path / "other"
    other.write_text(f"{NAME} {line(keys['ed25519'])}\n")
    trust = Trust(NAME, user_files=(str(other),))
    HostCheck(BASTION, trust, store, frozenset()).verify(keys["ed25519"])
    with pytest.raises(HostKeyUnknown):
        HostCheck(BASTION, replace(trust, user_files=()), store, frozenset()).verify(keys["rsa"])


def test_algorithms_of_known_keys_are_preferred(tmp_path: Path, keys: Keys) -> None:
    text = f"{NAME} {line(keys['rsa'])}\n@revoked {NAME} {line(keys['ecdsa'])}\n"
    preferred = check(tmp_path, text).preferred_algorithms(SUPPORTED)
    assert preferred == ("rsa-sha2-512", "rsa-sha2-256", "ssh-ed25519", "ecdsa-sha2-nistp256")
    assert check(tmp_path, "").preferred_algorithms(SUPPORTED) == SUPPORTED


def test_certificates_are_asked_for_first_where_an_authority_is_known(tmp_path: Path, keys: Keys) -> None:
    authority = f"@cert-authority *.example.com {line(keys['another'])}\n"
    for at in (BASTION, OTHER_PORT):
        checked = check(tmp_path, f"{authority}{NAME} {line(keys['rsa'])}\n", at=at)
        preferred = checked.preferred_algorithms(SUPPORTED)
        assert preferred[:4] == tuple(f"{name}-cert-v01@openssh.com" for name in SUPPORTED)
        assert preferred[4] == "rsa-sha2-512"
    elsewhere = check(tmp_path, authority, at=Endpoint("b.example.net", 22))
    assert elsewhere.preferred_algorithms(SUPPORTED) == SUPPORTED
