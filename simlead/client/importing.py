"""The import of a CRM export: from the files to a firm, with all that is known and not known about it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simlead.client.mapping import VENDORS, ColumnMapping, mapping_from
from simlead.client.quality import Quality
from simlead.model.number import LARGEST_SEED, whole_number
from simlead.model.parameters import ParameterError, nearest
from simlead.model.presets import EFFECT_SIZES
from simlead.model.scenario import Scenario
from simlead.model.toml_file import built_from_toml

if TYPE_CHECKING:
    import pandas as pd

    from simlead.client.differences import Differences
    from simlead.client.firm import TeamAsItIs


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Import:
    """Hold what an export of a CRM tells about a firm.

    Parameters
    ----------
    scenario : Scenario
        The firm, with what was learned and what the sheet of questions stated.
    teams : list of TeamAsItIs
        The teams today.
    table : pandas.DataFrame
        A row per quantity: `name`, `parameter`, `unit`, `estimate`, `low`, `high` (90 %), `known` (learned, too_little,
        literature, not_in_a_crm, stated).
    draws : pandas.DataFrame
        200 joint draws: a column for each estimate, and one for each parameter that follows from them.
    quality : Quality
        Hazards counted, rows kept and dropped.
    differences : Differences
        Reps and managers compared.
    mapping : ColumnMapping
        Which column was read as what.
    effect_sizes : str
        The set of effect sizes of the scenario.
    dropped : pandas.DataFrame
        A row (`deal`, `why`) for each deal that was dropped.
    facts : mapping
        What the page and the manifest say besides: days, currency, numbers of reps and clusters, answers, seed.

    Examples
    --------
    >>> import pathlib, tempfile, simlead
    >>> deals = pathlib.Path(tempfile.mkdtemp()) / "deals.csv"
    >>> _ = deals.write_text("Id,Stage,Amount,Created Date,Close Date,Owner\\n1,Won,9000,2024-01-02,2024-03-05,Ada\\n")
    >>> found = simlead.import_crm(deals)
    >>> found.quality.won, found.scenario.organisation.teams
    (1, 1)
    """

    scenario: Scenario
    teams: list[TeamAsItIs]
    table: pd.DataFrame
    draws: pd.DataFrame
    quality: Quality
    differences: Differences
    mapping: ColumnMapping
    effect_sizes: str
    dropped: pd.DataFrame
    facts: Mapping[str, Any]

    def __repr__(self) -> str:
        learned = int((self.table["known"] == "learned").sum())
        return (f"Import({self.quality.kept} of {self.quality.deals} deals, {len(self.teams)} teams, "
                f"{learned} quantities learned)")


def load_mapping(path: str | os.PathLike[str]) -> ColumnMapping:
    """Read a mapping file; ParameterError, in one line, for what it should not have."""
    return built_from_toml(path, "mapping", mapping_from)


def import_crm(
    deals: str | os.PathLike[str],
    *,
    history: str | os.PathLike[str] | None = None,
    people: str | os.PathLike[str] | None = None,
    vendor: str = "auto",
    mapping: str | os.PathLike[str] | None = None,
    answers: str | os.PathLike[str] | None = None,
    effect_sizes: str = "evidence",
    seed: int = 0,
) -> Import:
    """Learn a firm from the export of a CRM.

    Exports of Salesforce, HubSpot, Dynamics 365, Pipedrive and Zoho and plain lists are read, with API names or labels.
    Nothing is guessed in silence: `quality` of the result says what was assumed.

    Parameters
    ----------
    deals : path
        The deal list, a CSV.
    history : path or None
        The stage history, a CSV with a line per stage entered.
    people : path or None
        The list of people, a CSV.
    vendor : str
        auto, or the CRM: salesforce, hubspot, dynamics, pipedrive, zoho, plain.
    mapping : path or None
        A mapping file: which column is what.
    answers : path or None
        The filled sheet of questions, CSV or TOML.
    effect_sizes : str
        Set of effect sizes of the firm: evidence or practitioner.
    seed : int
        Random seed of the draws.

    Returns
    -------
    Import
        What was found; `simlead.save_import` writes it.

    Raises
    ------
    ParameterError
        In one line, for a table that is no deal list, an unknown vendor, a seed that is none, and a wrong mapping or
        sheet.
    FileFormatError
        In one line, for a file that is no table.

    Examples
    --------
    >>> import pathlib, tempfile, simlead
    >>> deals = pathlib.Path(tempfile.mkdtemp()) / "deals.csv"
    >>> _ = deals.write_text("Id;Stage;Amount;Created Date;Close Date\\n1;Lost;9.000,50;02.01.2024;15.03.2024\\n")
    >>> simlead.import_crm(deals).mapping.dates
    'day-first'
    """
    if vendor not in ("auto", *VENDORS):
        raise ParameterError(f"vendor = {vendor!r:.40}: allowed is auto | {' | '.join(VENDORS)}"
                             f"{nearest(str(vendor), VENDORS)}")
    if effect_sizes not in EFFECT_SIZES:
        raise ParameterError(f"effect_sizes = {effect_sizes!r:.40}: allowed is {' | '.join(EFFECT_SIZES)}")
    seed = whole_number("seed", seed, 0, LARGEST_SEED)
    from simlead.client.deal_list import read_deals
    from simlead.client.deals import cleaned
    from simlead.client.history import read_history
    from simlead.client.people import read_people, reps_of
    from simlead.client.questions import read_answers

    stated = load_mapping(mapping) if mapping is not None else ColumnMapping()
    if vendor != "auto":
        stated = dataclasses.replace(stated, vendor=vendor)
    answered = read_answers(Path(answers)) if answers is not None else {}
    quality = Quality()
    rows = read_deals(Path(deals), stated, quality)
    past = read_history(Path(history), stated, quality) if history is not None else None
    kept, dropped = cleaned(rows, past, quality)
    del rows, past
    listed = read_people(Path(people), stated, quality) if people is not None else None
    reps = reps_of(kept, listed, quality)
    return _learned(kept, reps, quality, answered, effect_sizes, seed, dropped)


def _learned(deals: Any, reps: Any, quality: Quality, answers: Mapping[str, float], effect_sizes: str, seed: int,
             dropped: pd.DataFrame) -> Import:
    from simlead.client.differences import differences_of
    from simlead.client.estimates import draws_table, estimates_of
    from simlead.client.firm import firm_of, with_parameters
    from simlead.client.known import knowledge_table
    from simlead.client.people import seats_by_team
    from simlead.client.questions import stated_by
    from simlead.client.sums import sums_of
    from simlead.model.presets import preset

    base = preset("status_quo", effect_sizes)
    seats = [size for size, _ in seats_by_team(reps).values()]
    mean_seats = sum(seats) / len(seats) if seats else base.organisation.seats_per_team
    stated = stated_by(answers, mean_seats, base.status_quo.coaching_share, base.organisation.face_to_face_share)
    sums = sums_of(deals, reps)
    estimates = estimates_of(deals, reps, sums, seed)
    draws = with_parameters(draws_table(estimates), base)
    scenario, teams = firm_of(deals, reps, sums, estimates, stated, effect_sizes, draws)
    differences = differences_of(deals, reps)
    facts = {
        "as_of_days": deals.as_of, "first_days": deals.first_day, "currency": deals.currency, "staged": deals.staged,
        "reps": int(len(reps)), "left": int(reps.left.sum()), "people_listed": reps.known, "by_rep": sums.by_rep,
        "clusters": sums.clusters, "answers": dict(answers), "seed": seed, "vendor": deals.vendor}
    return Import(scenario, teams, knowledge_table(estimates, differences, scenario, stated),
                  draws, quality, differences, deals.mapping, effect_sizes,
                  dropped, facts)
