"""What experiments/05_worlds found: facts under both sets of effect sizes, and the calibration of worlds."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from simlead.model.parameters import DISTRIBUTION_REASONS, PERT_WEIGHTS
from simlead.model.scenario import REGISTRY
from simlead.study.worlds.fact_emulator import fact_emulators
from simlead.study.worlds.ranges import UNCERTAIN

from .markdown import escaped, table

FOLDER = Path(__file__).parents[2] / "experiments" / "05_worlds"


def weights() -> str:
    """The weight of each grade, and why."""
    counts = {grade: sum(REGISTRY[path].grade == grade and not path.startswith("structure.") for path in UNCERTAIN)
              for grade in PERT_WEIGHTS}
    return table(["grade", "weight of the mode", "why", "parameters"], [
        [grade, f"{weight:g}", DISTRIBUTION_REASONS[grade], str(counts[grade])]
        for grade, weight in PERT_WEIGHTS.items()])


def switches() -> str:
    """Structural switches with a probability of their own."""
    return table(["switch", "probability", "why"], [
        [f"`{path}`", f"{REGISTRY[path].probability:g}", escaped(REGISTRY[path].reason)]
        for path in UNCERTAIN if path.startswith("structure.")])


def sets_weighed() -> str:
    """How both sets of effect sizes agree with the published facts."""
    found = pd.read_csv(FOLDER / "results.csv")
    names = list(dict.fromkeys(found["effect_sizes"]))
    rows = []
    for fact, lines in found.groupby("fact", sort=False):
        by_set = lines.set_index("effect_sizes")
        first = by_set.iloc[0]
        published = f"{first['low']:g} to {first['high']:g}" if pd.isna(first["published"]) else (
            f"{first['published']:g} ({first['low']:g} to {first['high']:g})")
        rows.append([escaped(str(fact)), published, *(
            f"{by_set.loc[name, 'expected_at_the_set']:.3g} ({by_set.loc[name, 'implausibility_at_the_set']:.1f})"
            for name in names), f"{first['error']:.2g}"])
    shares = fact_emulators().probabilities
    words = ", ".join(f"{name} {100.0 * share:.0f} %" for name, share in shares.items())
    out = found.groupby("effect_sizes")["all_facts_ruled_out"].first()
    left = ", ".join(f"{name} {100.0 * (1.0 - out[name]):.0f} %" for name in names)
    best, other = sorted(shares, key=lambda name: -shares[name])
    odds = shares[best] / shares[other] if shares[other] else float("inf")
    return (table(["fact", "published", *(f"{name} (implausibility)" for name in names), "emulator's error"], rows)
            + f"\n\nWorlds that no fact rules out: {left}. If both sets were as probable before, they are after the "
            f"facts: {words}. The Bayes factor is {odds:.2g} for {best}.")


def odds() -> str:
    """How the odds between both sets hang on the facts and on the emulators' errors: the five that move them most."""
    found = pd.read_csv(FOLDER / "by_fact.csv").set_index("what counts")["odds"]
    base = found["all facts"]
    moved = (found.drop("all facts") / base).map(lambda ratio: max(ratio, 1.0 / ratio)).nlargest(5).index
    return table(["what counts", "odds of evidence against practitioner"], [
        [escaped(str(name)), f"{found[name]:.2g}"] for name in ("all facts", *moved)])


def calibration() -> str:
    """The quick calibration of worlds against full ones."""
    found = pd.read_csv(FOLDER / "calibration.csv").dropna()
    return table(["level", "scale", "root mean square error", "standard deviation between worlds"], [
        [f"`{line['parameter']}`", str(line["scale"]), f"{line['root_mean_square_error']:.2g}",
         f"{line['sd_between_worlds']:.2g}"] for line in found.to_dict("records")]) + (
        f"\n\n{found['worlds'].iloc[0]} worlds were calibrated fully, with other random numbers.")
