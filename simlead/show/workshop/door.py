"""The door of a room that is open to the network: its code, and the facilitator's secret."""

from __future__ import annotations

import dataclasses
import hmac
import secrets
from typing import Any

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""Letters of a code: none that looks or sounds like a digit or like another one in capitals."""

CODE_LENGTH = 6
"""148 million codes, of which an address can try ten a minute."""


@dataclasses.dataclass(frozen=True)
class Door:
    """A room's code, in every link, and the secret in the facilitator's link alone."""

    code: str
    secret: str = dataclasses.field(repr=False)

    def opens(self, code: str) -> bool:
        """Whether this is the room's code, in capitals or not.

        >>> Door("KXQWMT", "s").opens("kxqwmt"), Door("KXQWMT", "s").opens("KXQWM")
        (True, False)
        """
        return _same(code.upper(), self.code)

    def leads(self, secret: str) -> bool:
        """Whether this is the facilitator's secret."""
        return _same(secret, self.secret)

    @property
    def path(self) -> str:
        """Where tables join."""
        return f"/r/{self.code}/"

    @property
    def lead_path(self) -> str:
        """The facilitator's page."""
        return f"/r/{self.code}/lead/"


def new_door() -> Door:
    """A door with a new code and a new secret.

    >>> len(new_door().code), new_door().secret == new_door().secret
    (6, False)
    """
    return Door("".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH)), secrets.token_urlsafe(18))


def stored_door(content: Any) -> Door:
    """A door from what was kept of it. Raises ValueError for anything else."""
    code, secret = content["code"], content["secret"]
    if not (isinstance(code, str) and len(code) == CODE_LENGTH and set(code) <= set(LETTERS)):
        raise ValueError("code of the room")
    if not (isinstance(secret, str) and len(secret) >= CODE_LENGTH):
        raise ValueError("secret of the room")
    return Door(code, secret)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
