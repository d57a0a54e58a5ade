"""Fit the emulators of the facts to what the worlds showed, and weigh both sets of effect sizes by them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd

from simlead.model.meaning import source_hash
from simlead.model.presets import EFFECT_SIZES, preset
from simlead.statistics.additive import fit_additive, terms
from simlead.study.worlds.fact_emulator import FactEmulators, log_weights
from simlead.study.worlds.fact_runs import GAP, TELLING, gap_of
from simlead.study.worlds.ranges import draw_worlds, likely_ranges

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "simlead" / "data" / "facts.json"
DIGITS = 6
PROBE = 0
"""The replication whose signals are stored, so that a test notices when the model shows something else."""
CANDIDATES = 16_384
GAP_PARTS = [f"{GAP} {place}" for place in range(5)]


def emulator_of(where, outcomes, control, at_firm, of_firm):
    """A sum through outcomes, the firm's own value in the same replication as a control variate.

    The firm's own replications are points too: where most is known, the sum is held.
    """
    there = np.isfinite(outcomes) & np.isfinite(control)
    where, outcomes, apart = where[there], outcomes[there], control[there] - np.nanmean(control)
    left = fit_additive(where, outcomes).left_out
    slope = float(left @ apart / (apart @ apart)) if apart.any() else 0.0
    known = of_firm[np.isfinite(of_firm)]
    return fit_additive(np.vstack([where, np.repeat(at_firm, len(known), axis=0)]),
                        np.append(outcomes - slope * apart, known)), slope


def fit_and_write(firm, worlds, held_out, pooled, ranges, produced_by):
    """Fit, take the errors from the worlds held out, weigh the sets of effect sizes, write."""
    inputs = {path: (extent.low, extent.high) for path, extent in ranges.items()}
    empty = FactEmulators(inputs, {}, {}, {}, {})
    where = empty.where(preset("status_quo"), worlds)
    test = held_out.drop_duplicates("world").reset_index(drop=True)
    at_test = empty.where(preset("status_quo"), test)
    usual = draw_worlds(ranges, 512, 3, method="sobol")
    at_usual = empty.where(preset("status_quo"), usual)
    of_replicate = firm.set_index("replicate")
    at_firm = empty.where(preset("status_quo"), pd.DataFrame(index=[0]))
    coefficients, spread, rows = {}, {}, []
    names = [fact.measure for fact in TELLING if fact.measure != GAP]
    for name in [*names, *GAP_PARTS]:
        own = of_replicate[name]
        control = own.reindex(worlds["replicate"]).to_numpy(float)
        fitted, slope = emulator_of(where, worlds[name].to_numpy(float), control, at_firm, own.to_numpy(float))
        level = 0.0 if name in GAP_PARTS else pooled[name] - float(own.mean())
        values = fitted.emulator.coefficients.copy()
        values[0] += level  # a mean of quotients is not the quotient of the means
        coefficients[name] = values
        known = float(np.sqrt(fitted.emulator.variance(at_usual).mean()))
        by_world = held_out.groupby("world")[name]
        seen, noise, count = by_world.mean(), float(by_world.var().mean()), float(by_world.count().mean())
        missed = seen.to_numpy(float) + level - terms(at_test) @ values
        beyond = float(np.nanmean(missed**2)) - noise / count
        spread[name] = float(np.sqrt(max(known**2, beyond)))
        rows.append({
            "signal": name, "sd_over_worlds": float((terms(at_usual) @ values).std()), "error_of_sum": known,
            "error_held_out": float(np.sign(beyond) * np.sqrt(abs(beyond))),
            "noise_of_a_replication": float(np.sqrt(noise)), "control_slope": slope,
            "quotient_of_means_less_mean": level})
    parts = [terms(at_usual) @ coefficients[name] for name in GAP_PARTS]
    gap = gap_of(parts)
    moved = [gap_of([part + spread[name] * (name == which) for part, name in zip(parts, GAP_PARTS, strict=True)]) - gap
             for which in GAP_PARTS]
    errors = {name: spread[name] for name in names} | {GAP: float(np.sqrt(np.mean(np.sum(np.square(moved), axis=0))))}
    stored = {name: [float(f"{value:.{DIGITS}g}") for value in values] for name, values in coefficients.items()}
    emulators = FactEmulators(inputs, {name: np.array(values) for name, values in stored.items()}, errors, {}, {})
    probabilities, weighed = weigh_sets(emulators)
    pd.DataFrame(rows).to_csv(HERE / "emulators.csv", index=False, float_format="%.4g")
    weighed.to_csv(HERE / "results.csv", index=False, float_format="%.4g")
    probe = of_replicate.loc[PROBE].dropna().to_dict()
    write({"inputs": inputs, "probe": {"replicate": PROBE, "signals": probe},
           "coefficients": stored, "errors": errors, "probabilities": probabilities,
           "produced_by": {"script": "experiments/05_worlds/run.py", "source_hash": source_hash(), **produced_by}})


def weigh_sets(emulators):
    """The probability of each set of effect sizes, both as probable before; and each fact under each set."""
    means, tables = {}, []
    for name in EFFECT_SIZES:
        firm = preset("status_quo", name)
        drawn = draw_worlds(likely_ranges([firm])[0], CANDIDATES, 1, method="sobol")
        expected = emulators.expected(emulators.where(firm, drawn))
        away = emulators.implausibility(expected)
        logs = log_weights(away)
        means[name] = float(np.exp(logs).mean())
        # The set's own values, every other parameter at its mode.
        point = emulators.expected(emulators.where(firm, pd.DataFrame(index=[0])))
        at_point = emulators.implausibility(point)
        weights = np.exp(logs)
        tables.append(pd.DataFrame([{
            "effect_sizes": name, "fact": fact.name, "published": fact.published, "low": fact.low, "high": fact.high,
            "expected_at_the_set": float(point[fact.measure].iloc[0]),
            "implausibility_at_the_set": float(at_point[fact.measure].iloc[0]),
            "expected_before": float(expected[fact.measure].mean()),
            "ruled_out": float((away[fact.measure] > 3.0).mean()), "all_facts_ruled_out": float(np.isinf(logs).mean()),
            "mean_weight": means[name],
            "effective_share": float(weights.sum() ** 2 / max((weights**2).sum(), 1e-300) / len(weights)),
            "error": emulators.errors[fact.measure]} for fact in TELLING]))
    total = sum(means.values())
    return {name: mean / total for name, mean in means.items()}, pd.concat(tables, ignore_index=True)


def write(data: object) -> None:
    """Replace the data file in one step."""
    partial = DATA.with_suffix(".partial")
    # Not sorted: the order of the inputs is that of the coefficients.
    partial.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    os.replace(partial, DATA)
