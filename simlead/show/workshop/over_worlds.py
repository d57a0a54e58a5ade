"""Answers over worlds for the room, in words."""

from __future__ import annotations

from simlead.show.answers import effect_scale, switching_value
from simlead.show.format import amount, chance, interval, mean_of
from simlead.show.language import say
from simlead.show.workshop.levers import Firm, Move
from simlead.show.workshop.texts import percent
from simlead.study.answers.growing import POLICY, GrowingAnswer
from simlead.study.growing.experiment import Outcome


def title(growing: GrowingAnswer) -> str:
    """The outcome of a move as far as it is known, in one sentence; empty before there is an answer."""
    if growing.answer is None:
        return ""
    line = growing.answer.table.iloc[0]
    factor, unit = effect_scale(growing.answer.unit, max(abs(line["low"]), abs(line["high"])))
    chances = {"gain": line["p_above_smallest"], "nothing": line["p_no_difference"], "loss": line["p_below_smallest"]}
    first = max(chances, key=lambda name: chances[name])
    mean, low, high = (factor * line[name] for name in ("mean", "low", "high"))
    return say(f"workshop.over_worlds.{first}", change=amount(mean_of(mean, low, high, sign=True), unit),
               between=interval(low, high), chance=chance(chances[first]))


def comments(
    growing: GrowingAnswer | None, firm: Firm, move: Move, outcome: Outcome | None, complete: bool
) -> list[str]:
    """What stands below: how the answer was made and what it depends on; or that the interval is of random numbers."""
    if move.span != firm.reps:
        return [say("workshop.over_worlds.organisation")]
    if growing is None:
        return [say("workshop.over_worlds.none")]
    if growing.answer is None:
        return [say("workshop.over_worlds.coming", share=round(100.0 * growing.share)) if complete else say(
            "workshop.over_worlds.later")]
    found = growing.answer
    line = found.table.iloc[0]
    text = say(f"workshop.over_worlds.{'first' if found.early else 'whole'}", worlds=int(line["worlds"]),
               gain=chance(line["p_above_smallest"]), nothing=chance(line["p_no_difference"]),
               loss=chance(line["p_below_smallest"]))
    if outcome is not None:
        mean, between = percent(outcome.revenue)
        text = f"{text} {say('workshop.over_worlds.random', mean=mean, between=between)}"
    drivers = found.main_drivers(POLICY, str(line["effect_sizes"])).to_dict("records")
    return [text, *([say("workshop.over_worlds.driver", driver=switching_value(drivers[0]))] if drivers else [])]
