"""What commands print with --json: records as the parts of a document, and the one function that prints it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from simlead.cli.terminal import write_json

if TYPE_CHECKING:
    import pandas as pd

    from simlead.model.scenario import Scenario
    from simlead.study.answers.result import Answer
    from simlead.study.comparison import Comparison
    from simlead.study.money.result import Money
    from simlead.study.studies.study import Study
    from simlead.study.sweeps.sweep import Sweep
    from simlead.study.trial.data import TrialResult
    from simlead.study.trial.result import TrialAnswer

MOST_WORTH_LEARNING = 5
"""Parameters whose value of learning is in a document, for each set of effect sizes; an export has all."""


@dataclasses.dataclass(frozen=True)
class Parts:
    """Parts of a document that a record gives."""

    single_values: dict[str, Any] = dataclasses.field(default_factory=dict)
    tables: dict[str, pd.DataFrame] = dataclasses.field(default_factory=dict)
    sentences: list[str] = dataclasses.field(default_factory=list)
    reasons: dict[str, str] = dataclasses.field(default_factory=dict)


def print_document(command: str, *parts: Parts, exit_status: int = 0, **contents: Any) -> None:
    """Print the document of a command, put together from parts; `contents` are the other arguments of `document`."""
    from simlead.show.document import document

    write_json(document(
        command, exit_status=exit_status, sentences=[row for each in parts for row in each.sentences],
        single_values={name: value for each in parts for name, value in each.single_values.items()},
        tables={name: table for each in parts for name, table in each.tables.items()},
        reasons={name: reason for each in parts for name, reason in each.reasons.items()}, **contents))


def comparison_parts(found: Comparison, measures: tuple[str, ...] | None) -> Parts:
    """A comparison's table: of these measures, or of all."""
    table = found.table.assign(seed=found.seed)
    if measures is not None:
        table = table[table["measure"].isin(measures)]
    others = table["scenario"].isin(list(found.differing_firms))
    gaps = [name for name in table.columns if "difference" in str(name) or str(name).startswith("relative")]
    table = table.assign(**{name: table[name].where(~others) for name in gaps})
    why = {f"comparison.{name}": "another firm: a difference of levels is no effect of a policy" for name in gaps}
    return Parts({"replications": found.replications, "engine": found.engine, "confidence": found.confidence,
                  "baseline": found.baseline}, {"comparison": table},
                 [f"{row}." for row in (found.other_firms, found.undefined) if row], why if others.any() else {})


def answer_parts(found: Answer) -> Parts:
    """An answer's effects with both uncertainties, what clearly drives them, switches, and the decision."""
    import pandas as pd

    from simlead.show.sentences import sentences
    from simlead.study.tables_of import answer_tables

    every = answer_tables(found)
    drivers = [found.main_drivers(policy, name).assign(policy=policy, effect_sizes=name)
               for policy in found.policies for name in found.effect_sizes]
    tables = {"effects": every["effects"], "drivers": pd.concat(drivers, ignore_index=True),
              "switches": every["switches"], "choices": every["choices"], "learning": _first(every["learning"])}
    return Parts({"worlds": int(found.table["worlds"].min()), "measure": found.measure, "unit": found.unit,
                  "smallest_effect": found.smallest_effect, "smallest_effect_reason": found.reason,
                  "status_quo": found.status_quo}, tables, sentences(found))


def money_parts(found: Money) -> Parts:
    """The money of policies: table, months, years and ledger, and what it depends on."""
    import pandas as pd

    from simlead.show.sentences import sentences
    from simlead.study.tables_of import money_tables

    every = money_tables(found)
    drivers = [found.main_drivers(policy, name).assign(policy=policy, effect_sizes=name)
               for policy in found.policies for name in found.effect_sizes]
    tables = {**every, "money_drivers": pd.concat(drivers, ignore_index=True),
              "money_learning": _first(every["money_learning"])}
    return Parts({"currency": found.currency}, tables, sentences(found))


def _first(learning: pd.DataFrame) -> pd.DataFrame:
    return learning[learning["rank"] <= MOST_WORTH_LEARNING] if len(learning) else learning


def sweep_parts(found: Sweep) -> Parts:
    """The points of a sweep, what they show of the main measures, and the reading of it."""
    import pandas as pd

    from simlead.cli.reading import MOST_HEADLINES, reading_of
    from simlead.study.sweeps.failures import failure_reasons
    from simlead.study.tables_of import differences, unit_of

    state, names = found.status(), found.headlines[:MOST_HEADLINES]
    single = {"question": found.study.question or found.study.name, "points": state.points, "runs": state.runs_done,
              "runs_wanted": state.runs_wanted, "failed_runs": state.failures, "complete": state.complete}
    tables, rows = {}, []
    if state.runs_done:
        design = found.design
        parts = []
        for name in names:
            ends = {name: "mean", f"{name}_low": "low", f"{name}_high": "high"}
            kept = found.points([name]).rename(columns=ends).drop(columns=[*found.study.factors, "baseline"])
            parts.append(kept.assign(measure=name, unit=unit_of(name)))
        tables = {"design": design, "estimates": pd.concat(parts, ignore_index=True)}
        if found.study.baseline:
            tables["differences"] = differences(found, names)
        rows = reading_of(found, names[0])
    failures = found.failures()
    if len(failures):
        tables["failures"] = failures
        rows.append(f"Failed: {failure_reasons(failures)}.")
    if found.undefined:
        rows.append(f"{found.undefined}.")
    return Parts(single, tables, rows)


def base_scenarios(study: Study) -> dict[str, Scenario]:
    """The scenario that a study's points change, under each of its sets of effect sizes."""
    return {f"base, {name}": study.base(name) for name in study.effect_sizes}


def trial_parts(found: TrialAnswer) -> Parts:
    """What a trial could tell."""
    from simlead.show.sentences import sentences
    from simlead.study.tables_of import trial_tables

    plan = found.plan
    return Parts({"worlds": found.worlds, "replications": found.replications, "primary": found.primary,
                  "best": found.best, "arms": plan.arms, "months": plan.months, "base_months": plan.base_months,
                  "treated": plan.treated, "horizon": found.horizon, "currency": found.currency},
                 trial_tables(found), sentences(found))


def trial_result_parts(found: TrialResult) -> Parts:
    """What a trial has shown."""
    from simlead.show.sentences import sentences

    plan = found.protocol
    return Parts({"best": found.best, "horizon": plan.horizon, "currency": plan.currency},
                 {"trial_effects": found.table, "trial_decision": found.options}, sentences(found))
