"""The claims under test, in one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from simlead.model.parameters import ParameterError, nearest
from simlead.study.claims import (
    construction_group,
    double_profit,
    great_seller,
    grow_people,
    half_of_the_week,
    more_coaching,
    more_reviews,
    reasons_of_failure,
    reviews_and_coaching,
    selling_managers,
    three_percent,
    three_sessions,
    unfit_managers,
)
from simlead.study.claims.claim import Claim

CLAIMS: Mapping[str, Claim] = MappingProxyType({
    module.CLAIM.key: module.CLAIM for module in (
        unfit_managers,
        half_of_the_week,
        three_percent,
        reasons_of_failure,
        great_seller,
        selling_managers,
        three_sessions,
        reviews_and_coaching,
        construction_group,
        double_profit,
        grow_people,
        more_coaching,
        more_reviews,
    )})
"""Every claim by its key, in the order of their numbers."""


def chosen_claims(names: Iterable[str] | None = None) -> list[Claim]:
    """The claims of these numbers or keys, in the table's order; all of them if None.

    Raises ParameterError for one that there is not, with what there is.

    >>> [claim.key for claim in chosen_claims(["7", "half_of_the_week"])]
    ['half_of_the_week', 'three_sessions']
    """
    if names is None:
        return list(CLAIMS.values())
    by_number = {str(claim.number): claim.key for claim in CLAIMS.values()}
    wanted = set()
    for name in names:
        key = by_number.get(str(name), str(name))
        if key not in CLAIMS:
            raise ParameterError(f"claim {name!r}: allowed is {', '.join(by_number)} or a key"
                                 f"{nearest(str(name), CLAIMS)}")
        wanted.add(key)
    if not wanted:
        raise ParameterError("claims: at least one is needed")
    return [claim for claim in CLAIMS.values() if claim.key in wanted]
