"""Addresses and names of this machine: where a server listens, and under which names it is reached."""

from __future__ import annotations

import errno
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


def names_of(address: str) -> list[str]:
    """The names under which browsers reach a server that is bound to the address, the best first."""
    own = f"[{address}]" if ":" in address else address
    if own not in ("0.0.0.0", "[::]"):
        return list(dict.fromkeys([own, *LOCAL_NAMES]))
    names = [socket.gethostname(), socket.getfqdn()]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; the system names the address it would use
            names.insert(0, probe.getsockname()[0])
        except OSError:
            pass
    return list(dict.fromkeys([*(name for name in names if name not in ("0.0.0.0", "")), *LOCAL_NAMES]))


def own_hosts(address: str, port: int) -> frozenset[str]:
    """The Host headers that are this server's own; a browser leaves port 80 out."""
    names = {name.lower() for name in names_of(address)}
    return frozenset({f"{name}:{port}" for name in names} | (names if port == 80 else set()))
