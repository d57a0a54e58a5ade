"""A scenario: an organisation, a market, a world, a policy and structural switches."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simlead.model.firm_file import FirmFile, Layer, firm_toml, layer_of, read_firm_file
from simlead.model.market import Market
from simlead.model.organisation import Organisation
from simlead.model.origin import Origin
from simlead.model.parameters import ParameterError
from simlead.model.people_plan import FROM_THE_START, PlanLine, checked_plan, planned_seats
from simlead.model.policy import Policy
from simlead.model.preset_values import preset_values
from simlead.model.registry import GROUPS as GROUPS
from simlead.model.registry import NEUTRAL as NEUTRAL
from simlead.model.registry import PLAN as PLAN
from simlead.model.registry import REGISTRY as REGISTRY
from simlead.model.registry import TABLES as TABLES
from simlead.model.registry import Calendar as Calendar
from simlead.model.registry import check_path, checked_value
from simlead.model.registry import declared as declared
from simlead.model.registry import stored_values as stored_values
from simlead.model.stated import changes_of, checked_facts
from simlead.model.structure import Structure, overrides
from simlead.model.team import (
    NEVER,
    Team,
    by_team,
    contradiction_of_teams,
    path_of_the_firm,
    resolved,
    team_path,
    with_new_teams,
)
from simlead.model.together import TOGETHER, contradiction_in
from simlead.model.toml_file import naming
from simlead.model.whole_file import whole_file
from simlead.model.world import World


@dataclasses.dataclass(frozen=True)
class Scenario:
    """Hold everything that a run depends on besides seed and replicate.

    Values are checked against the registry (`simlead.REGISTRY` has each with unit, range and source); a scenario that
    exists is valid.

    Parameters
    ----------
    organisation : Organisation
        The firm: teams, seats, costs, errands.
    market : Market
        Buyers: how many, what their deals are worth, how long they take.
    world : World
        The uncertain parameters: how strongly people and buyers react.
    policy : Policy
        What leaders choose from hour 0 on.
    status_quo : Policy
        The policy of the warm-up.
    calendar : Calendar
        Length of warm-up and horizon, in weeks.
    structure : Structure
        Structural switches: other mechanisms in place of the model's; `in_force` applies them.
    stated : tuple of (path, value)
        What single teams have of their own, by path; `change` is the way to state it.
    people_plan : sequence of PlanLine or dict
        Seats that open, close or form a new team from the switch on, a line each:
        `{"week": 26, "team": 1, "hire": 2}`. Its path is `plan`.
    origin : Origin
        Where the scenario comes from, and which values were stated and solved; no run depends on it.

    Examples
    --------
    >>> Scenario().policy.coaching_share
    0.2
    >>> Scenario().change({"policy.coaching_share": 0.5}).policy.coaching_share
    0.5
    """

    organisation: Organisation = dataclasses.field(default_factory=Organisation)
    market: Market = dataclasses.field(default_factory=Market)
    world: World = dataclasses.field(default_factory=World)
    policy: Policy = dataclasses.field(default_factory=Policy)
    status_quo: Policy = dataclasses.field(default_factory=Policy)
    calendar: Calendar = dataclasses.field(default_factory=Calendar)
    structure: Structure = dataclasses.field(default_factory=Structure)
    stated: tuple[tuple[str, Any], ...] = ()
    people_plan: tuple[PlanLine, ...] = ()
    origin: Origin = dataclasses.field(default_factory=Origin, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Check every value, then what values must be together."""
        for prefix, group in GROUPS.items():
            part = getattr(self, prefix)
            if not isinstance(part, group):
                raise ParameterError(f"{prefix} = {part!r}: a {group.__name__} is needed")
            values = {
                field.name: checked_value(f"{prefix}.{field.name}", getattr(part, field.name))
                for field in dataclasses.fields(group)
            }
            object.__setattr__(self, prefix, group(**values))
        contradiction = contradiction_in(
            {path: getattr(getattr(self, path.partition(".")[0]), path.partition(".")[2]) for path in TOGETHER})
        stated = {path: checked_value(path, value) for path, value in self.stated}
        contradiction = contradiction or contradiction_of_teams(
            stated, self.organisation.teams, self._common_team(), self.calendar.horizon_weeks)
        if contradiction:
            raise ParameterError(contradiction)
        object.__setattr__(self, "stated", tuple(
            (f"team.{number}.{name}", value) for number, own in by_team(stated) for name, value in sorted(own.items())
            if value != self._value_in_common(name)))
        object.__setattr__(self, "people_plan", checked_plan(self.people_plan))
        if self.people_plan:
            planned_seats([team.seats for team in self.teams], self.organisation.seat_growth_per_year,
                          self.people_plan, self.calendar.horizon_weeks)

    @property
    def teams(self) -> tuple[Team, ...]:
        """Every team of the start with its own values: seats, factors, roll-out week and status quo."""
        common = self._common_team()
        found = [common] * self.organisation.teams
        for number, own in by_team(dict(self.stated)):
            found[number - 1] = resolved(common, own)
        return tuple(found)

    @property
    def every_team(self) -> tuple[Team, ...]:
        """The teams of the start, then the new teams of the people plan, by week."""
        return with_new_teams(self.teams, self.people_plan)

    @property
    def teams_begin(self) -> tuple[int, ...]:
        """The week in which each team begins, in the order of `every_team`; long ago for those of the start."""
        new = sorted(line.week for line in self.people_plan if line.new_team)
        return (FROM_THE_START,) * self.organisation.teams + tuple(new)

    def _common_team(self) -> Team:
        return Team(seats=self.organisation.seats_per_team, status_quo=self.status_quo)

    def _value_in_common(self, name: str) -> Any:
        """What a team has that states nothing."""
        path = path_of_the_firm(name)
        return self.value(path) if path else getattr(Team(), name)

    def value(self, path: str) -> Any:
        """Return one value by dotted path; a team that states none has the firm's.

        Parameters
        ----------
        path : str
            A dotted path, such as `organisation.teams` or `team.2.seats`.

        Returns
        -------
        value
            The value.

        Raises
        ------
        ParameterError
            For an unknown path, and for a team that the firm does not have.

        Examples
        --------
        >>> Scenario().change({"team.2.seats": 9}).value("team.2.seats"), Scenario().value("team.2.seats")
        (9, 8)
        """
        check_path(path)
        if path == PLAN:
            return [line.stated() for line in self.people_plan]
        of_team = team_path(path)
        if of_team is None:
            prefix, _, name = path.partition(".")
            value = getattr(getattr(self, prefix), name)
            return list(value) if isinstance(value, tuple) else value
        number, name = of_team
        refusal = contradiction_of_teams({path: self._value_in_common(name)}, self.organisation.teams,
                                         self._common_team(), self.calendar.horizon_weeks)
        if refusal:
            raise ParameterError(refusal)
        return dict(self.stated).get(path, self._value_in_common(name))

    def rollout(self, weeks: Mapping[int, int]) -> Scenario:
        """Start the policy in some teams, each in its week, and never in the others.

        A pilot is a roll-out to one team.

        Parameters
        ----------
        weeks : mapping of int to int
            The week (0 is the switch) by the number of the team, counted from 1.

        Returns
        -------
        Scenario
            The new scenario; this one stays as it is.

        Raises
        ------
        ParameterError
            For a team that the firm does not have, and for a week outside the horizon.

        Examples
        --------
        >>> [team.rollout_week for team in Scenario().rollout({2: 0, 3: 26}).teams]
        [-1, 0, 26, -1]
        """
        every = dict.fromkeys(range(1, self.organisation.teams + 1), NEVER) | dict(weeks)
        return self.change({f"team.{number}.rollout_week": week for number, week in every.items()})

    def change(self, changes: Mapping[str, Any]) -> Scenario:
        """Make a new scenario with other values of some parameters.

        Parameters
        ----------
        changes : mapping of str to value
            New values by dotted path, such as `{"policy.coaching_share": 0.5}`.

        Returns
        -------
        Scenario
            The new scenario; this one stays as it is.

        Raises
        ------
        ParameterError
            For an unknown path (with the nearest right one), a value out of range or of the wrong kind, and plans
            that contradict themselves.

        Examples
        --------
        >>> Scenario().change({"policy.coachng_share": 0.5})    # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        simlead.model.parameters.ParameterError: policy.coachng_share: no such parameter; did you mean policy.co...
        """
        by_group: dict[str, dict[str, Any]] = {}
        stated, people_plan = dict(self.stated), self.people_plan
        for path, value in self._short_form(changes).items():
            check_path(path)
            if path == PLAN:
                people_plan = checked_plan(value)
                continue
            if team_path(path):
                stated[path] = checked_value(path, value)
                continue
            prefix, _, name = path.partition(".")
            by_group.setdefault(prefix, {})[name] = checked_value(path, value)
        parts = {prefix: dataclasses.replace(getattr(self, prefix), **values) for prefix, values in by_group.items()}
        made = dataclasses.replace(self, **parts, people_plan=people_plan, stated=tuple(stated.items()))
        if not (self.origin.stated or self.origin.solved):
            return made
        others = [path for path in changes if self._value_or_none(path) != made._value_or_none(path)]
        return dataclasses.replace(made, origin=self.origin.changed(others))

    def state(self, facts: Mapping[str, Any]) -> Scenario:
        """State what a firm counts about the year before the switch.

        Facts that are parameters under another name (seats, quota, contribution margin, own selling) hold at once.
        :func:`simlead.calibrate` solves parameters for the others, and :func:`simlead.base_year` shows all of them
        beside the simulated year.

        Parameters
        ----------
        facts : mapping of str to value
            Facts by name (`simlead.STATED`), such as `{"seats": [9, 7, 11], "quota": 1_200_000}`.

        Returns
        -------
        Scenario
            The new scenario; this one stays as it is.

        Raises
        ------
        ParameterError
            For an unknown fact, one that cannot be, and facts that exclude each other.

        Examples
        --------
        >>> firm = Scenario().state({"seats": [9, 7, 11], "revenue": 20e6})
        >>> [team.seats for team in firm.teams], firm.origin.facts["revenue"]
        ([9, 7, 11], 20000000.0)
        """
        found = checked_facts({**self.origin.facts, **checked_facts(facts)})
        changes = changes_of({name: value for name, value in found.items() if name in facts})
        habit = "status_quo.own_selling_share"
        if habit in changes and self.policy.own_selling_share == self.status_quo.own_selling_share:
            changes["policy.own_selling_share"] = changes[habit]
        changed = self.change(changes) if changes else self
        return dataclasses.replace(changed, origin=dataclasses.replace(changed.origin, stated=tuple(found.items())))

    @classmethod
    def load(cls, path: str | os.PathLike[str], effect_sizes: str | None = None) -> Scenario:
        """Read the scenario that a TOML file describes, and the files that it starts from.

        Parameters
        ----------
        path : str or os.PathLike
            The file.
        effect_sizes : {"evidence", "practitioner"}, optional
            The set of effect sizes where no file names any.

        Returns
        -------
        Scenario
            The scenario.

        Raises
        ------
        ParameterError
            In one line that begins with the file's name (and the line, where it is known): for a file that cannot be
            read, is not TOML or not UTF-8, starts from something unknown or in a circle from itself, or names an
            unknown table or parameter, or a value that is not allowed.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> _ = (folder / "firm.toml").write_text("organisation.teams = 3")
        >>> _ = (folder / "led.toml").write_text('from = "firm.toml"\\npolicy.coaching_share = 0.5')
        >>> led = Scenario.load(folder / "led.toml")
        >>> led.organisation.teams, led.policy.coaching_share
        (3, 0.5)
        """
        return cls.built(read_firm_file(path, effect_sizes))

    @classmethod
    def built(cls, file: FirmFile) -> Scenario:
        """Make the scenario that the layers of a file describe; `load` reads them.

        Parameters
        ----------
        file : FirmFile
            The layers, and where they come from.

        Returns
        -------
        Scenario
            The scenario.
        """
        origin = file.origin
        found = dataclasses.replace(cls().change(preset_values(origin.preset, origin.effect_sizes)),
                                    origin=dataclasses.replace(origin, stated=(), solved=()))
        for layer in file.layers:
            with naming(layer.file, layer.text, "scenario"):
                found = found._with_layer(layer)
        return found

    def _with_layer(self, layer: Layer) -> Scenario:
        found = self.state(layer.facts) if layer.facts else self
        found = found.change(layer.changes)
        if layer.solved:
            new = {line.path for line in layer.solved}
            kept = tuple(line for line in found.origin.solved if line.path not in new)
            found = dataclasses.replace(
                found, origin=dataclasses.replace(found.origin, solved=(*kept, *layer.solved)))
        return found if layer.rollout is None else found.rollout(layer.rollout)

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the scenario into a TOML file that `load` reads again.

        The file starts from what the scenario was loaded or made from, and has what differs: what is stated, what was
        changed and what calibration solved, each with its meaning. It is there whole or not at all.

        Parameters
        ----------
        path : str or os.PathLike
            The file, by custom with the ending `.toml`.
        overwrite : bool
            Whether to replace an existing file.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        FileExistsError
            If the file exists, unless `overwrite`.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> file = Scenario().change({"policy.coaching_share": 0.5}).save(
        ...     pathlib.Path(tempfile.mkdtemp()) / "coached.toml")
        >>> Scenario.load(file).policy.coaching_share
        0.5
        """
        target = Path(path)
        text = self.toml(target)
        with whole_file(target, overwrite) as partial:
            partial.write_text(text, encoding="utf-8")
        return target

    def toml(self, target: Path | None = None) -> str:
        """Return the text that `save` writes into the file `target`; without one it starts from the preset.

        Parameters
        ----------
        target : Path, optional
            Where the text will stand: a file that it starts from is named relative to it.

        Returns
        -------
        str
            The text.

        Examples
        --------
        >>> print(Scenario().change({"policy.coaching_share": 0.5}).toml())
        from = "status_quo"
        effect_sizes = "evidence"
        <BLANKLINE>
        [policy]
        # planned share of a manager's week spent coaching (share of the manager's week)
        coaching_share = 0.5
        <BLANKLINE>
        """
        text = self._toml_from_file(target) if target is not None else ""
        origin = self.origin
        return text or self._text(origin.preset, origin.effect_sizes, dataclasses.replace(
            Scenario().change(preset_values(origin.preset, origin.effect_sizes)), origin=Origin()))

    def _toml_from_file(self, target: Path) -> str:
        """The text that starts from a file of the scenario's origin; empty where none gives this scenario again."""
        place = target.absolute()
        files = [file.absolute() for file in self.origin.files]
        after = max((number for number, file in enumerate(files, start=1) if _same_file(file, place)), default=0)
        for file in files[after:]:
            try:
                base = Scenario.load(file, self.origin.effect_sizes)
                named = os.path.relpath(file.resolve(), place.parent.resolve())
                open_yet = base.origin.named or not (self.origin.named or self.origin.solved
                                                     or self.origin.effect_sizes != "evidence")
                text = self._text(Path(named).as_posix(), "" if open_yet else self.origin.effect_sizes, base)
                layer = layer_of(tomllib.loads(text))
                if base.origin.effect_sizes == self.origin.effect_sizes and base._with_layer(layer) == self:
                    return text
            except ValueError:  # a file that has changed, another drive: the next one
                continue
        return ""

    def _text(self, start: str, effect_sizes: str, base: Scenario) -> str:
        """The file's text that starts from a base, whose name or file is `start`."""
        facts = {name: value for name, value in self.origin.stated if base.origin.facts.get(name) != value}
        base = base.state(facts) if facts else base
        changes = {path: here for path, (_, here) in base.differences(self).items() if here is not None}
        plan = changes.pop(PLAN, None)
        if base.people_plan and not self.people_plan:
            plan = []
        solved = tuple(line for line in self.origin.solved if line.path in changes)
        rollout = None
        if weeks := [path for path in changes if path.endswith(".rollout_week")]:
            rollout = {number: team.rollout_week for number, team in enumerate(self.teams, start=1)
                       if team.rollout_week != NEVER}
            changes = {path: value for path, value in changes.items() if path not in weeks}
        return firm_toml(start, effect_sizes, changes, plan, facts, solved, rollout)

    def _short_form(self, changes: Mapping[str, Any]) -> Mapping[str, Any]:
        """The changes, with what all teams are given alike given to the firm: equal teams are the short form."""
        alike: dict[str, list[Any]] = {}
        for path, value in changes.items():
            of_team = team_path(path)
            if of_team and path_of_the_firm(of_team[1]) not in ("", *changes):
                alike.setdefault(of_team[1], []).append(value)
        teams = changes.get("organisation.teams", self.organisation.teams)
        short = {name: values[0] for name, values in alike.items()
                 if len(values) == teams and all(value == values[0] for value in values)}
        if not short:
            return changes
        return {**changes, **{path_of_the_firm(name): value for name, value in short.items()}}

    def in_force(self) -> Scenario:
        """Return the scenario as a run reads it: with what its structural switches override.

        Returns
        -------
        Scenario
            The scenario with the overridden parameters; this one if no switch overrides any.

        Examples
        --------
        >>> Scenario().change({"structure.growth_in_number": True}).in_force().market.growth_in_number_share
        1.0
        """
        changes = overrides(self.structure)
        return self.change(changes) if changes else self

    def values(self) -> dict[str, Any]:
        """Return every parameter's value by dotted path, in the registry's order.

        Then tables that are not empty, and what single teams have of their own.

        Returns
        -------
        dict of str to value
            Path -> value.
        """
        found = {path: getattr(getattr(self, path.partition(".")[0]), path.partition(".")[2])
                 for path in (*REGISTRY, *TABLES)}
        of_firm = {path: list(value) if isinstance(value, tuple) else value for path, value in found.items()
                   if path in REGISTRY or value}
        return of_firm | dict(self.stated) | ({PLAN: self.value(PLAN)} if self.people_plan else {})

    def differences(self, other: Scenario) -> dict[str, tuple[Any, Any]]:
        """List the parameters in which two scenarios differ.

        Parameters
        ----------
        other : Scenario
            The scenario to compare with.

        Returns
        -------
        dict of str to tuple
            Path -> (value here, value there).

        Examples
        --------
        >>> Scenario().differences(Scenario().change({"policy.coaching_share": 0.5}))
        {'policy.coaching_share': (0.2, 0.5)}
        """
        here, there = self.values(), other.values()
        return {path: (self._value_or_none(path), other._value_or_none(path)) for path in {**here, **there}
                if here.get(path) != there.get(path)}

    def _value_or_none(self, path: str) -> Any:
        """A value, or None where the firm has no such team."""
        number, _ = team_path(path) or (1, "")
        return self.value(path) if number <= self.organisation.teams else None

    def hash(self) -> str:
        """Hash the parameter values.

        Returns
        -------
        str
            Sixteen hexadecimal digits, the same for exactly these values.
        """
        text = json.dumps(self.values(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def _same_file(one: Path, other: Path) -> bool:
    return one == other or (one.exists() and other.exists() and one.samefile(other))
