"""The tables of README.md from the CSV files beside it: `python experiments/07_trial/tables.py` writes them anew."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from simlead.results.page_parts import write_parts
from simlead.results.seen import SEEN
from simlead.show.answers import effect_scale
from simlead.show.format import with_interval
from simlead.statistics.intervals import Estimate
from simlead.study.trial.alarms import missed, surely_too_many
from simlead.study.trial.reading import ESTIMATORS

HERE = Path(__file__).parent
ALLOWED = (0.04, 0.06)
Z95 = 1.96


def percent(value: float) -> str:
    """A share in percent with one decimal."""
    return f"{100.0 * value:.1f}"


def markdown(heads: list[str], rows: list[list[str]]) -> str:
    """A table."""
    return "\n".join(f"| {' | '.join(row)} |" for row in [heads, ["---"] * len(heads), *rows]) + "\n"


def false_alarms(table: pd.DataFrame) -> str:
    """Of each design and analysis: how often it sees what is not there, over all outcomes, and the worst."""
    rows = []
    for (design, analysis), lines in table.groupby(["design", "analysis"], sort=False):
        if lines["why_not"].fillna("").ne("").all():
            rows.append([design, analysis, "", "", "", lines["why_not"].iloc[0].replace("_", " "), "not offered"])
            continue
        worst = lines.loc[lines["rate"].idxmax()]
        inside = lines["rate"].between(*ALLOWED)
        rows.append([design, analysis, percent(lines["rate"].median()),
                     f"{percent(lines['rate'].min())} to {percent(lines['rate'].max())}",
                     f"{int(inside.sum())} of {len(lines)}", f"{worst['outcome']} ({percent(worst['rate'])})",
                     offer(lines) if analysis in ESTIMATORS else "not offered"])
    return markdown(["design", "analysis", "median, %", "all outcomes, %", "within 5 +- 1 %", "most, or why not",
                     "the designer, in how many outcomes"], rows)


def offer(lines: pd.DataFrame) -> str:
    """What the designer does with an analysis in these outcomes, where no firm's own check contradicts."""
    said = {"": "offered", "more": "with more than 5 % stated", "fewer": "with fewer stated"}
    rates = [Estimate(row.rate, row.low, row.high, row.firms) for row in lines.itertuples()]
    words = ["not offered" if surely_too_many(rate) else said[missed(rate.mean)] for rate in rates]
    return "; ".join(f"{words.count(word)} {word}" for word in (*said.values(), "not offered") if word in words)


def power(table: pd.DataFrame) -> str:
    """Claimed and realised power of each planted effect."""
    rows = [[f"{line['coaching_share']:g}", line["outcome"],
             f"{percent(line['claimed'])} ({percent(line['claimed_low'])} to {percent(line['claimed_high'])})",
             f"{percent(line['realised'])} ({percent(line['realised_low'])} to "
             f"{percent(line['realised_high'])})", f"{line['difference_points']:+.1f}"]
            for line in table.to_dict("records")]
    return markdown(["coaching share", "outcome", "claimed, %", "realised, %", "difference, points"], rows)


def smallest(table: pd.DataFrame) -> str:
    """The smallest effect that is seen with 80 % power, in percent of the level."""
    rows = [[line["design"], line["outcome"], f"{line['waiting']:g}", line["analysis"],
             f"{100.0 * line['smallest']:.0f} ({100.0 * line['low']:.0f} to {100.0 * line['high']:.0f})",
             f"{100.0 * line['if_noise_were_known']:.0f}"] for line in table.to_dict("records")
            if line["outcome"] == "revenue" or (line["outcome"] == "coaching_hours" and not line["waiting"])]
    heads = ["design", "outcome", "months left out", "analysis", "seen from, %", "if the noise were known, %"]
    return markdown(heads, rows)


def spillover(table: pd.DataFrame) -> str:
    """What a roll-out to two teams does there and in the others."""
    rows = []
    for outcome, lines in table.groupby("outcome", sort=False):
        arms = lines.set_index("arm")
        own, other = arms.loc["treated"], arms.loc["control"]
        usual = ["difference", "error"]
        shown = own[usual], other[usual], own[["less_than_everywhere", "less_error"]]
        rows.append([outcome, *(of_unit(outcome, *numbers) for numbers in shown)])
    return markdown(["outcome", "in its own teams", "in the others", "more in its own if all have it"], rows)


def of_unit(outcome: str, mean: float, error: float) -> str:
    """A mean with its unit and its 95 % interval, from its standard error."""
    factor, unit = effect_scale(SEEN[outcome].unit, abs(mean))
    return with_interval(*(factor * (mean + times * error) for times in (0.0, -Z95, Z95)), unit)


def carry_over(table: pd.DataFrame) -> str:
    """What is left of an effect after the change has ended, in percent of that of going on."""
    stretches = {f"months {line['from_month'] + 1} to {line['to_month']}": None for line in table.to_dict("records")}
    rows = [[outcome, *(f"{round(100 * line['left'])} ({round(100 * line['low'])} to {round(100 * line['high'])})"
                        for line in lines.to_dict("records"))]
            for outcome, lines in table.groupby("outcome", sort=False)]
    return markdown(["outcome", *stretches], rows)


TABLES = {each.__name__: each for each in (false_alarms, power, smallest, spillover, carry_over)}


if __name__ == "__main__":
    write_parts(HERE / "README.md", {
        f"table: {name}": words(pd.read_csv(HERE / f"{name}.csv")) for name, words in TABLES.items()})
