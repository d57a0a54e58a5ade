"""Addresses and names of this machine: where a server listens, and under which names it is reached."""

from __future__ import annotations

import errno
import ipaddress
import socket


def free_port(address: str, port: int) -> int | None:
    """The next free port at the address from this one on; None if there is none near."""
    for candidate in range(port, min(port + 50, 65536)):
        if not in_use(address, candidate):
            return candidate
    return None


def in_use(address: str, port: int) -> bool:
    """Whether the port is taken already. Raises OSError for an address that is not this machine's."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as failure:
            if failure.errno == errno.EADDRINUSE:
                return True
            raise
    return False


def is_local(address: str) -> bool:
    """Whether only this machine can reach a server at the address."""
    return address in ("localhost", "::1") or address.startswith("127.")


LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")

EVERYWHERE = {"0.0.0.0": (socket.AF_INET, "192.0.2.1"), "::": (socket.AF_INET6, "2001:db8::1")}
"""Addresses that stand for all of a machine's: their family, and an address elsewhere that no one has."""

VIRTUAL = ("docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "lxc", "lxdbr", "cni", "flannel", "tun", "tap", "utun",
           "wg", "ppp", "zt", "tailscale", "vethernet", "vmware", "virtualbox")
"""How the names of interfaces begin that lead to containers, virtual machines or a tunnel: no phone is there."""


def addresses_of(address: str) -> list[str]:
    """The addresses by which other devices reach a server that is bound to this one, the most likely first.

    For 0.0.0.0 and :: those of all networks that this machine is in: a network of its own first, then tunnels and
    virtual machines; within both the one that leads to the internet, then private addresses.
    """
    if address not in EVERYWHERE:
        return [address]
    import psutil

    family, elsewhere = EVERYWHERE[address]
    outwards, states, found = _own_address_towards(family, elsewhere), psutil.net_if_stats(), []
    for interface, entries in psutil.net_if_addrs().items():
        state = states.get(interface)
        if state is None or not state.isup:
            continue
        apart = interface.lower().startswith(VIRTUAL) or "pointopoint" in state.flags
        for entry in entries:
            if entry.family != family or "%" in entry.address:  # with a zone: no browser takes it
                continue
            own = ipaddress.ip_address(entry.address)
            if not own.is_loopback:
                found.append(((own.is_link_local, apart, entry.address != outwards, not own.is_private), entry.address))
    return list(dict.fromkeys(one for _, one in sorted(found, key=lambda pair: pair[0])))


def _own_address_towards(family: int, elsewhere: str) -> str:
    """The address from which this machine would send to another; empty if it has no way there."""
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((elsewhere, 9))  # sends nothing
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def names_of(address: str) -> list[str]:
    """The names under which browsers reach a server that is bound to the address, the best first."""
    names = [f"[{one}]" if ":" in one else one for one in addresses_of(address)]
    if address in EVERYWHERE:
        names += [name for name in (socket.gethostname(), socket.getfqdn()) if name]
    return list(dict.fromkeys([*names, *LOCAL_NAMES]))


def own_hosts(address: str, port: int) -> frozenset[str]:
    """The Host headers that are this server's own; a browser leaves port 80 out."""
    names = {name.lower() for name in names_of(address)}
    return frozenset({f"{name}:{port}" for name in names} | (names if port == 80 else set()))
