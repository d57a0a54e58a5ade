"""Addresses of this machine: which of them phones are likely to reach, and that no other name is its own."""

from __future__ import annotations

import socket
from types import SimpleNamespace

import pytest

psutil = pytest.importorskip("psutil", reason="psutil is not installed: addresses were not looked for")

from simlead.show.workshop import addresses  # noqa: E402
from simlead.show.workshop.addresses import addresses_of, names_of, own_hosts  # noqa: E402

WIFI, CABLE, HOTSPOT, TUNNEL, CONTAINERS = (
    ("wlan0", "192.168.1.7", "up,broadcast"), ("eth0", "192.168.9.4", "up,broadcast"),
    ("ap0", "10.42.0.1", "up,broadcast"), ("tun0", "10.8.0.5", "up,pointopoint"),
    ("docker0", "172.17.0.1", "up,broadcast"))


@pytest.fixture
def machine(monkeypatch):
    """Gives this machine interfaces: name, address and flags of each; and the address that leads outwards."""
    def give(*interfaces, outwards=""):
        monkeypatch.setattr(psutil, "net_if_addrs", lambda: {name: [SimpleNamespace(
            family=socket.AF_INET6 if ":" in address else socket.AF_INET, address=address)]
            for name, address, _ in interfaces})
        monkeypatch.setattr(psutil, "net_if_stats", lambda: {
            name: SimpleNamespace(isup="up" in flags, flags=flags) for name, _, flags in interfaces})
        monkeypatch.setattr(addresses, "_own_address_towards", lambda *_: outwards)
    return give


@pytest.mark.parametrize(("interfaces", "outwards", "expected"), [
    ([HOTSPOT], "", ["10.42.0.1"]),
    ([HOTSPOT, WIFI], "192.168.1.7", ["192.168.1.7", "10.42.0.1"]),
    ([TUNNEL, WIFI], "10.8.0.5", ["192.168.1.7", "10.8.0.5"]),
    ([CONTAINERS, CABLE, WIFI], "192.168.1.7", ["192.168.1.7", "192.168.9.4", "172.17.0.1"]),
    ([("eth0", "169.254.3.4", "up"), CONTAINERS], "", ["172.17.0.1", "169.254.3.4"]),
    ([("eth0", "8.8.4.4", "up"), WIFI], "", ["192.168.1.7", "8.8.4.4"]),
    ([("lo", "127.0.0.1", "up,loopback"), ("eth1", "192.168.3.3", "broadcast"), ("eth0", "fd00::2", "up")], "", []),
], ids=["hotspot alone", "hotspot and wifi", "tunnel", "containers", "no lease", "public", "none"])
def test_the_most_likely_address_comes_first_and_all_of_them_are_names(machine, interfaces, outwards, expected):
    machine(*interfaces, outwards=outwards)
    assert addresses_of("0.0.0.0") == expected
    assert names_of("0.0.0.0")[:len(expected)] == expected
    hosts = own_hosts("0.0.0.0", 5006)
    assert {f"{one}:5006" for one in expected} <= hosts
    local = {socket.gethostname().lower(), socket.getfqdn().lower(), "127.0.0.1", "localhost", "[::1]"}
    assert hosts <= {f"{name}:5006" for name in (*expected, *local)}


def test_addresses_of_the_sixth_version_stand_in_brackets_and_those_with_a_zone_are_left_out(machine):
    machine(("eth0", "fd00::2", "up"), ("wlan0", "fe80::1%wlan0", "up"), ("eth1", "192.168.9.4", "up"))
    assert addresses_of("::") == ["fd00::2"] and names_of("::")[0] == "[fd00::2]"


def test_a_server_at_one_address_has_no_name_of_another_network(machine):
    machine(WIFI, HOTSPOT)
    assert names_of("192.168.1.7") == ["192.168.1.7", "127.0.0.1", "localhost", "[::1]"]


def test_the_addresses_of_this_very_machine_can_be_listened_at():
    for one in addresses_of("0.0.0.0"):
        assert not addresses.in_use(one, addresses.free_port(one, 20_000))
