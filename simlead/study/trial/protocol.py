"""A trial's protocol: what was asked, drawn by lot and fixed before the trial, in a file that a machine reads."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simlead.model.data_tables import currency_label
from simlead.model.parameters import ParameterError
from simlead.results.files import FileFormatError, read_bytes, whole_file
from simlead.results.provenance import installed
from simlead.results.seen import SEEN
from simlead.statistics.power import ALPHA
from simlead.statistics.trial_designs import NEVER
from simlead.study.trial.alarms import missed
from simlead.study.trial.design import lot
from simlead.study.trial.plan import TrialPlan
from simlead.study.trial.reading import estimators_of
from simlead.study.trial.result import TrialAnswer
from simlead.study.trial.worth import Prior, without_never

FORMAT = "simlead trial 1"
PROTOCOL, DATA = "protocol.json", "data_template.csv"
"""The files of a trial that are read back."""

LARGEST = 4_000_000
"""Bytes of the largest protocol that is read."""

MOST_TEAMS, MOST_MONTHS = 2_000, 10_000
"""Teams and months of the largest trial that is read."""


@dataclasses.dataclass(frozen=True, eq=False)
class Protocol:
    """What is fixed before a trial.

    Attributes
    ----------
    firm : str
        The firm's name.
    change : mapping
        The levers that are changed, by path.
    plan : TrialPlan
        The design; its outcomes are those that are counted.
    starts : tuple of int
        The month in which each team starts, by lot; `NEVER` for the control.
    lot_seed : int
        The seed of the lot.
    primary : str
        The outcome that decides.
    analyses : mapping of str to str
        The analysis of each outcome, the one that decides first.
    claims : mapping
        What was computed before of the outcome that decides: power, smallest detectable and expected effect, level.
    prior : Prior
        What was believed of each world.
    price, horizon : float, int
        Dollars of the trial, months that money is counted over.
    alpha : float
        The false-alarm rate of the test.
    version : str
        The version of simlead that wrote it.
    currency : str
        The label of the firm's currency; empty for $.
    false_alarms : mapping of str to float
        Of each outcome, how often its analysis shows an effect where there is none; empty in protocols of before.
    """

    firm: str
    change: Mapping[str, Any]
    plan: TrialPlan
    starts: tuple[int, ...]
    lot_seed: int
    primary: str
    analyses: Mapping[str, str]
    claims: Mapping[str, float]
    prior: Prior
    price: float
    horizon: int
    alpha: float = ALPHA
    version: str = ""
    currency: str = ""
    false_alarms: Mapping[str, float] = dataclasses.field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """The columns that the data need besides team and month.

        Returns
        -------
        list of str
            Names.
        """
        return list(dict.fromkeys(column for outcome in self.analyses
                                  for column in (SEEN[outcome].top, SEEN[outcome].bottom)))

    def missed(self, outcome: str) -> str:
        """Whether the false alarms of an outcome's analysis miss 5 % by more than a point.

        Parameters
        ----------
        outcome : str
            What is counted.

        Returns
        -------
        str
            `more`, `fewer`, or empty where they do not miss it or are not known.
        """
        return missed(self.false_alarms[outcome]) if outcome in self.false_alarms else ""

    def lots(self) -> pd.DataFrame:
        """The randomisation list.

        Returns
        -------
        pandas.DataFrame
            A row per team: team (from 1), arm (`change` or `control`), start_month (empty for the control).
        """
        return pd.DataFrame({
            "team": range(1, len(self.starts) + 1),
            "arm": ["control" if start == NEVER else "change" for start in self.starts],
            "start_month": pd.array([pd.NA if start == NEVER else start for start in self.starts], dtype="Int64")})

    def template(self) -> pd.DataFrame:
        """The table that the trial fills.

        Returns
        -------
        pandas.DataFrame
            A row per team and month, month 0 being the first of the trial; empty columns to fill.
        """
        rows = [(team, month) for team in range(1, self.plan.teams + 1)
                for month in range(-self.plan.base_months, self.plan.months)]
        return pd.DataFrame(rows, columns=["team", "month"]).assign(**dict.fromkeys(self.columns, ""))

    def text(self) -> str:
        """The protocol as JSON.

        Returns
        -------
        str
            The text, with a check of itself.
        """
        plan = dataclasses.asdict(self.plan)
        content = {
            "format": FORMAT, "version": self.version or installed("simlead"), "firm": self.firm,
            "change": dict(self.change), "plan": {**plan, "outcomes": list(self.plan.outcomes)},
            "starts": without_never(self.starts), "lot_seed": self.lot_seed, "primary": self.primary,
            "analyses": dict(self.analyses), "alpha": self.alpha, "columns": self.columns,
            "claims": {name: value if math.isfinite(value) else None for name, value in self.claims.items()},
            "false_alarms": {outcome: {"share": share, "against_5_percent": self.missed(outcome) or "within a point"}
                             for outcome, share in self.false_alarms.items()},
            "price": self.price, "currency": self.currency,
            "horizon": self.horizon, "prior": {name: [float(value) for value in getattr(self.prior, name)]
                      for name in ("weights", "shown", "now", "adopt", "drop")} | {"error": self.prior.error}}
        return json.dumps({**content, "check": _check(content)}, indent=1) + "\n"

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the protocol.

        Parameters
        ----------
        path : str or Path
            The file.
        overwrite : bool
            Whether to replace a file that is there.

        Returns
        -------
        Path
            The file.
        """
        with whole_file(Path(path), overwrite) as partial:
            partial.write_text(self.text(), encoding="utf-8", newline="\n")
        return Path(path)


def protocol_of(found: TrialAnswer, firm: str = "firm", lot_seed: int | None = None) -> Protocol:
    """Fix a trial: the lot, the outcome that decides, and the analysis of each outcome.

    Raises ParameterError where no analysis of the design is offered.
    """
    if found.prior is None:
        raise ParameterError(f"arms {found.plan.arms!r}: no analysis of this design is offered for this firm, so there "
                             "is no protocol to write; simlead trial says why")
    seed = found.seed if lot_seed is None else lot_seed
    chosen = found.chosen
    order = [found.primary, *(name for name in chosen["outcome"].astype(str) if name != found.primary)]
    analyses = {str(row["outcome"]): str(row["estimator"]) for row in chosen.to_dict("records")}
    row = chosen[chosen["outcome"] == found.primary].iloc[0]
    claims = {name: float(row[name]) for name in ("power", "smallest", "effect", "effect_low", "effect_high",
                                                  "false_alarms", "level")}
    return Protocol(firm, found.change, dataclasses.replace(found.plan, outcomes=tuple(order)), lot(found.plan, seed),
                    seed, found.primary, {name: analyses[name] for name in order}, claims, found.prior, found.price,
                    found.horizon, version=installed("simlead"), currency=found.currency,
                    false_alarms=dict(zip(chosen["outcome"].astype(str), chosen["false_alarms"].astype(float),
                                          strict=True)))


def read_protocol(path: str | Path) -> Protocol:
    """Read a protocol, or raise FileFormatError in one line if it is none or was changed after it was fixed."""
    place = Path(path)
    if place.is_dir():
        place = place / PROTOCOL
    if not place.is_file():
        raise FileFormatError(f"{place}: no protocol there; simlead trial --out DIR writes one")
    try:
        content = json.loads(read_bytes(place, LARGEST).decode("utf-8"))
        given = content.pop("check", None)
        if content.get("format") != FORMAT:
            raise FileFormatError(f"{place} is no protocol of a trial: format {FORMAT!r} is needed")
        if given != _check(content):
            raise FileFormatError(f"{place} was changed after it was fixed: its check is another")
        prior = content["prior"]
        return _sound(Protocol(
            firm=content["firm"], change=content["change"],
            plan=TrialPlan(**{**content["plan"], "outcomes": tuple(content["plan"]["outcomes"])}),
            starts=tuple(NEVER if start is None else int(start) for start in content["starts"]),
            lot_seed=content["lot_seed"], primary=content["primary"], analyses=content["analyses"],
            claims={name: math.inf if value is None else float(value) for name, value in content["claims"].items()},
            prior=Prior(weights=np.array(prior["weights"]), shown=np.array(prior["shown"]), error=prior["error"],
                        now=np.array(prior["now"]), adopt=np.array(prior["adopt"]), drop=np.array(prior["drop"])),
            price=content["price"], horizon=content["horizon"], alpha=content["alpha"], version=content["version"],
            currency=currency_label(f"{place}: currency", content.get("currency", "")),
            false_alarms={outcome: float(each["share"]) for outcome, each in content.get("false_alarms", {}).items()}))
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError,
            StopIteration) as trouble:
        if isinstance(trouble, FileFormatError):
            raise
        raise FileFormatError(f"{place} is no protocol of a trial, or is damaged") from None


def _sound(read: Protocol) -> Protocol:
    """The protocol, or ValueError where its parts cannot belong together."""
    plan, prior, analyses = read.plan, read.prior, read.analyses
    of_worlds = (prior.weights, prior.shown, prior.now, prior.adopt, prior.drop)
    numbers = np.concatenate([*of_worlds, [prior.error, read.price, read.horizon, read.alpha], [
        *read.false_alarms.values()]])
    if not (plan.teams == len(read.starts) <= MOST_TEAMS and 0 < plan.base_months + plan.months <= MOST_MONTHS
            and all(each.shape == (len(prior.weights),) for each in of_worlds)
            and np.isfinite(numbers).all() and set(read.false_alarms) <= set(analyses)
            and 0.0 < read.alpha < 1.0 and isinstance(read.firm, str)
            and "smallest" in read.claims and next(iter(analyses)) == read.primary and set(analyses) <= set(SEEN)
            and set(analyses.values()) <= set(estimators_of(plan))):
        raise ValueError
    return read


def _check(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
