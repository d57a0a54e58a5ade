"""Claims put to the test: verdicts from probabilities over worlds and random numbers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from simlead.model.deprecation import moved_attribute, renamed_argument
from simlead.model.number import LARGEST_SEED, whole_number
from simlead.model.parameters import ParameterError, nearest
from simlead.model.presets import EFFECT_SIZES, preset
from simlead.model.scenario import REGISTRY, Scenario
from simlead.model.units import WEEKS_PER_YEAR
from simlead.model.version_1 import MODEL_VERSION
from simlead.results.folder import NewFolder
from simlead.results.shown import Shown
from simlead.study.answers.switches import SWITCHES as SWITCHES
from simlead.study.answers.switches import WithSwitch
from simlead.study.base_year import under_status_quo
from simlead.study.claims.arms import Group, Runner, Seen
from simlead.study.claims.finding import Finding, finding
from simlead.study.claims.protocol import CLAIMS, Changes, Claim
from simlead.study.claims.record import TABLES, ExaminationRecord, record_of
from simlead.study.claims.structures import AS_IT_IS
from simlead.study.engines import FAST, known_engine, warm_up_compiler
from simlead.study.parallel import ProgressLike, shown_progress, worker_count
from simlead.study.refusals import refusals
from simlead.study.worlds.worlds import Worlds
from simlead.study.worlds.worlds import worlds as make_worlds

MONEY: dict[str, Any] = {
    "organisation.contribution_margin": (0.3, 0.5),
    **{f"organisation.{name}": (
        REGISTRY[f"organisation.{name}"].likely_low, REGISTRY[f"organisation.{name}"].likely_high) for name in (
            "commission_share", "rep_salary_per_year", "manager_salary_per_year", "replacement_cost",
            "manager_replacement_cost", "programme_cost_per_manager", "training_cost_per_manager")}}
"""Margins, pay and costs, drawn besides what is unknown of the world."""

OVERHEAD = "organisation.overhead_per_seat_year"
OVERHEAD_SPREAD = 0.04
"""Overhead is raised or lowered by up to this part of a ramped rep's sales: the status quo earns about 5 to 15 %."""


@dataclasses.dataclass(frozen=True)
class Size:
    """Worlds, matched pairs in each, and worlds that are run with each structural switch (0: switches are left out).

    Switches are run under the first set of effect sizes alone.
    """

    worlds: int
    replications: int
    structures: int

    def __post_init__(self) -> None:
        """Refuse sizes of which nothing could be concluded."""
        whole_number("worlds", self.worlds, 8, 100_000)
        whole_number("replications", self.replications, 2, 10_000)
        if self.structures:
            whole_number("structures", self.structures, 2, 100_000)


LIGHT = Size(worlds=48, replications=2, structures=5)
FULL = Size(worlds=160, replications=2, structures=5)
"""What the committed verdicts rest on. Worlds, not pairs in each, are what makes a chance sharper."""


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Examination(Shown):
    """Hold the findings for several claims and sets of effect sizes.

    Attributes
    ----------
    findings
        One a claim and set of effect sizes.
    runs
        Simulated runs that they rest on, those of calibrations apart.
    seed, engine, size, changes
        How they were made; `changes` were made to every status quo.
    """

    findings: tuple[Finding, ...]
    runs: int
    seed: int
    engine: str
    size: Size
    changes: Changes

    @property
    def table(self) -> pd.DataFrame:
        """The verdicts, a row per claim and set of effect sizes; columns as in `record.COLUMNS`."""
        return pd.DataFrame([{"number": each.claim.number, "key": each.claim.key, "effect_sizes": each.effect_sizes,
                              **each.numbers} for each in self.findings])

    @property
    def parts(self) -> pd.DataFrame:
        """The parts of every claim, plans of an optimum, and orders of a ranking."""
        return self._together("parts")

    @property
    def drivers(self) -> pd.DataFrame:
        """What every claim depends on most, of all parameters that were drawn."""
        return self._together("drivers")

    @property
    def structures(self) -> pd.DataFrame:
        """What becomes of every claim under each structural switch."""
        return self._together("structures")

    def record(self) -> ExaminationRecord:
        """Return the examination as a plain record, which a report is made of.

        Returns
        -------
        ExaminationRecord
            Tables with six digits, and facts.

        Raises
        ------
        ParameterError
            For a claim of one's own, which the catalogues have no words for.
        """
        for each in self.findings:
            if CLAIMS.get(each.claim.key) is not each.claim:
                raise ParameterError(f"claim {each.claim.key}: there are words for simlead's own claims alone")
        return record_of(self._tables(), self._facts())

    def of(self, key: str) -> tuple[Finding, ...]:
        """Select the findings of one claim.

        Parameters
        ----------
        key : str
            Its key.

        Returns
        -------
        tuple of Finding
            One a set of effect sizes.
        """
        return tuple(each for each in self.findings if each.claim.key == key)

    def _together(self, name: str) -> pd.DataFrame:
        tables = [getattr(each, name).assign(key=each.claim.key, effect_sizes=each.effect_sizes)
                  for each in self.findings]
        table: pd.DataFrame = pd.concat(tables, ignore_index=True)
        return table[["key", "effect_sizes", *tables[0].columns[:-2]]]

    def _tables(self) -> dict[str, pd.DataFrame]:
        return {"verdicts": self.table, **{name: getattr(self, name) for name in TABLES[1:]}}

    def _facts(self) -> dict[str, Any]:
        """How it was made, and what is known of each claim besides."""
        names = ("sources", "contradicted_by", "by_us")
        return {
            "model": MODEL_VERSION, "seed": self.seed, "runs": self.runs, "engine": self.engine,
            **dataclasses.asdict(self.size), "changes": dict(self.changes), "claims_in_all": len(CLAIMS),
            "claims": {each.claim.key: {name: getattr(each.claim, name) for name in names} for each in self.findings}}


for _name, _new in (("details", "parts"), ("switching", "drivers"), ("flips", "drivers")):
    setattr(Examination, _name, moved_attribute(_name, f"Examination.{_new}"))


def write_examination(found: Examination, new: NewFolder) -> None:
    """Write tables, as CSV, and facts of an examination into a folder."""
    new.facts.update(found._facts())
    for name, table in found._tables().items():
        table.to_csv(new.path / f"{name}.csv", index=False, float_format="%.6g", lineterminator="\n")


@renamed_argument("beliefs", "effect_sizes")
@renamed_argument("size", "worlds")
@refusals()
def examine(
    claims: Iterable[Claim | str | int] | Claim | str | int | None = None,
    *,
    effect_sizes: Iterable[str] | str = tuple(EFFECT_SIZES),
    worlds: int = LIGHT.worlds,
    replications: int = LIGHT.replications,
    structures: int = LIGHT.structures,
    seed: int = 0,
    workers: int | None = None,
    engine: str = FAST,
    changes: Changes | None = None,
    keep: Path | str | None = None,
    progress: ProgressLike = None,
) -> Examination:
    """Put claims to the test in many worlds, under each set of effect sizes.

    Parameters
    ----------
    claims : Claim, str or int, or several, optional
        Keys or numbers of :data:`protocol.CLAIMS`, or claims of one's own; all of the table by default.
    effect_sizes : str or iterable of str, optional
        Names of sets of effect sizes; both by default.
    worlds : int, default 48
        Worlds, from 8 on.
    replications : int, default 2
        Matched pairs in each world, 2 or more.
    structures : int, default 5
        Worlds that are run with each structural switch; 0 leaves the switches out.
    seed : int, optional
        Random seed (0 is valid).
    workers : int, optional
        Number of worker processes (default: all cores).
    engine : str, optional
        Engine of all runs.
    changes : dict, optional
        Made to every status quo, such as for a firm of another size; every world is calibrated to it.
    keep : str or pathlib.Path, optional
        Folder of the runs: those that it has are not made again.
    progress : callable or bool, optional
        Called with (runs done, runs known to be needed); True shows a line, False none.

    Returns
    -------
    Examination
        With the tables `table`, `parts`, `drivers` and `structures`.

    Raises
    ------
    ParameterError
        For no claims, an unknown claim or set of effect sizes, and as the model does.

    Examples
    --------
    >>> firm = {"organisation.teams": 1, "organisation.seats_per_team": 1, "calendar.warmup_weeks": 52}
    >>> found = examine(["three_percent"], effect_sizes=["evidence"], worlds=8, structures=0, workers=1,
    ...                 changes=firm)
    >>> found.table[["verdict", "worlds"]].to_dict("records")
    [{'verdict': 'assumed', 'worlds': 8}]
    """
    chosen, own = claims_of(claims), dict(changes or {})
    sets = [effect_sizes] if isinstance(effect_sizes, str) else list(effect_sizes)
    if not chosen or not sets:
        raise ParameterError("examine: at least one claim and one set of effect sizes are needed")
    size = Size(worlds, replications, structures)
    seed = whole_number("seed", seed, 0, LARGEST_SEED - 1)
    for name in sets:
        for claim in chosen:
            status_quo_of(claim, name, own)  # refused before anything is run
    runner = Runner(seed=seed, workers=worker_count(workers), engine=known_engine(engine),
                    folder=None if keep is None else Path(keep), progress=shown_progress(progress))
    warm_up_compiler(engine)
    found = {}
    for name in sets:
        there: dict[str, Worlds] = {}
        for mine in firms(chosen):
            base = status_quo_of(mine[0], name, own)
            if mine[0].preset not in there:
                firm = status_quo_of(dataclasses.replace(mine[0], start={}), name, own)
                there[mine[0].preset] = make_worlds(firm, size.worlds, seed, also=MONEY, workers=workers)
            here = size if name == sets[0] else dataclasses.replace(size, structures=0)
            for claim, seen, switched in seen_by(runner, name, mine, base, there[mine[0].preset], here):
                found[claim.key, name] = finding(claim, name, seen, switched, base, seed)
    return Examination(tuple(found[claim.key, name] for claim in chosen for name in sets), runner.made, seed, engine,
                       size, MappingProxyType(own))


def firms(chosen: Iterable[Claim]) -> list[list[Claim]]:
    """The claims in groups that are tested on the same firm."""
    groups: dict[Any, list[Claim]] = {}
    for claim in chosen:
        groups.setdefault((claim.preset, frozenset(claim.start.items())), []).append(claim)
    return list(groups.values())


class OfThisFirm:
    """Worlds in which the overhead is unknown besides: the status quo earns more or less."""

    def __init__(self, there: Worlds, base: Scenario, seed: int) -> None:
        generator = np.random.Generator(np.random.Philox(key=seed))
        steps = 2.0 * (generator.permutation(len(there)) + 0.5) / len(there) - 1.0
        places = [there.place(base, number).organisation for number in range(len(there))]
        overhead = [each.overhead_per_seat_year + step * OVERHEAD_SPREAD * each.ramped_revenue_per_year
                    for each, step in zip(places, steps, strict=True)]
        self._there, self.table = there, there.table.assign(**{OVERHEAD: overhead})

    @property
    def drawn(self) -> tuple[str, ...]:
        """The paths of the drawn parameters."""
        return (*self._there.drawn, OVERHEAD)

    @property
    def effective_size(self) -> float:
        """That of the worlds."""
        return self._there.effective_size

    def __len__(self) -> int:
        """The number of worlds."""
        return len(self._there)

    def place(self, scenario: Scenario, number: int, /) -> Scenario:
        """The scenario in a world."""
        return self._there.place(scenario, number).change({OVERHEAD: float(self.table[OVERHEAD].iloc[number])})


def seen_by(
    runner: Runner, name: str, claims: list[Claim], base: Scenario, there: Worlds, size: Size
) -> list[tuple[Claim, Seen, dict[str, Seen]]]:
    """What came of the claims' arms in the worlds, and in the first of them with each structural switch."""
    here = OfThisFirm(there, base, runner.seed)
    groups: dict[str, Group] = {AS_IT_IS: (here, len(here))}
    if size.structures:
        count = min(size.structures, len(here))
        groups |= {switch: (WithSwitch(here, switch), count)
                   for switch in SWITCHES if not getattr(base.structure, switch)}
    title = f"{name}_{claims[0].preset}_{base.calendar.horizon_weeks}"
    seen = runner.seen(title, claims, base, groups, size.replications)
    whole = [dataclasses.replace(each, candidates=there.candidates, candidates_left=there.candidates_left)
             for each in seen.pop(AS_IT_IS)]
    return [(claim, whole[place], {switch: each[place] for switch, each in seen.items()})
            for place, claim in enumerate(claims)]


def claims_of(claims: Iterable[Claim | str | int] | Claim | str | int | None) -> list[Claim]:
    """Claims as they were given, those given by key or number from the table."""
    if claims is None:
        return chosen_claims()
    given = [claims] if isinstance(claims, (Claim, str, int)) else list(claims)
    return [found for one in given for found in ([one] if isinstance(one, Claim) else chosen_claims([str(one)]))]


def chosen_claims(names: Iterable[str] | None = None, table: Mapping[str, Claim] = CLAIMS) -> list[Claim]:
    """The claims with these numbers or keys, in the table's order; all of them if None.

    Raises ParameterError for one that does not exist, with those that do.

    >>> [claim.key for claim in chosen_claims(["7", "half_of_the_week"])]
    ['half_of_the_week', 'three_sessions']
    """
    if names is None:
        return list(table.values())
    by_number = {str(claim.number): claim.key for claim in table.values()}
    wanted = {by_number.get(str(name), str(name)) for name in names}
    for key in wanted:
        if key not in table:
            raise ParameterError(
                f"claim {key!r}: allowed is {', '.join(by_number)} or a key{nearest(key, table)}")
    if not wanted:
        raise ParameterError("claims: at least one is needed")
    return [claim for claim in table.values() if claim.key in wanted]


def status_quo_of(claim: Claim, effect_sizes: str, changes: Changes) -> Scenario:
    """The status quo that a claim is tested on, with these changes.

    Raises ParameterError for changes that a claim makes itself: policies, and the horizon.
    """
    for path in changes:
        if path.startswith("policy.") or path == "calendar.horizon_weeks":
            raise ParameterError(f"{path}: each claim sets policies and horizon itself; "
                                 "change organisation, market, world or status_quo")
    base = under_status_quo(preset(claim.preset, effect_sizes).change({**claim.start, **changes}))
    if base.calendar.warmup_weeks < WEEKS_PER_YEAR:
        raise ParameterError(
            f"calendar.warmup_weeks = {base.calendar.warmup_weeks}: claims need a base year, 52 or more")
    return base
