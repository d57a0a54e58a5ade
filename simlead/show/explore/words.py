"""What an explorer shows of its exploration, in the current language."""

from __future__ import annotations

import math

from simlead.model.preset_values import EFFECT_SIZES
from simlead.results.headlines import HEADLINES
from simlead.show.format import count, difference, interval_words, parameter_value, quantity
from simlead.show.language import say
from simlead.show.notebook.objects import column
from simlead.show.notebook.page import Mark, Page, page_html
from simlead.show.notebook.studies import answer_page
from simlead.show.user_text import TEXT_LENGTH, clean
from simlead.show.wording import effect_sizes_name, inside, listed, measure_name, parameter_name, scenario_name
from simlead.study.comparison import Comparison
from simlead.study.growing import exploration as states
from simlead.study.growing.experiment import MEASURED, SHOWN_FROM
from simlead.study.growing.exploration import POLICY, STATUS_QUO, Exploration

NAMED = 3


def set_name(name: str) -> str:
    """The name of a set of effect sizes, a firm's own among them."""
    return effect_sizes_name(name) if name in EFFECT_SIZES else say("explore.own")


def value_words(exploring: Exploration, path: str) -> str:
    """A lever's value, and the firm's where it is another."""
    before = exploring.firm.value(path)
    here = exploring.changes.get(path, before)
    if here == before:
        return parameter_value(path, here)
    return say("explore.value", value=parameter_value(path, here), before=parameter_value(path, before))


def state_words(exploring: Exploration) -> str:
    """What it is at, on one line."""
    state, experiment = exploring.state, exploring.experiment
    if state in (states.REFUSED, states.BROKEN):
        return say(f"explore.state.{state}", reason=clean(exploring.refused or exploring.broken, TEXT_LENGTH))
    if state == states.PAIRING and experiment is not None:
        if experiment.n < SHOWN_FROM:
            return say("explore.state.beginning")
        return say("explore.state.pairing", n=count(experiment.n), pairs=count(experiment.pairs))
    if state == states.ANSWERING:
        growing = exploring.answer
        return say("explore.state.answering", share=round(100.0 * growing.share) if growing else 0)
    if state == states.DONE and (reason := exploring.no_answer):
        return say("explore.state.unanswered", reason=clean(reason))
    return say(f"explore.state.{state}")


def text(exploring: Exploration, state: str) -> str:
    """What is tried, and what it is at (`state`, in words), on one line."""
    named = [say("notebook.named", name=inside(parameter_name(path)), value=value_words(exploring, path))
             for path, value in exploring.changes.items() if value != exploring.firm.value(path)]
    return say("explore.chosen", changes=listed(named, most=NAMED) if named else say("explore.nothing"),
               state=inside(state).rstrip("."))


def html(exploring: Exploration) -> str:
    """What is known of the policy: the answer over worlds first, once there is one, then the matched pairs."""
    state = exploring.state
    found = exploring.comparison() if state in (states.PAIRING, states.ANSWERING, states.DONE) else None
    if found is None or found.replications < SHOWN_FROM:
        return ""
    growing = exploring.answer
    if growing is not None and growing.answer is not None:
        over_worlds = answer_page(growing.answer.renamed({POLICY: say("explore.policy")}))
        return page_html(over_worlds) + page_html(pairs_page(found, under_an_answer=True))
    return page_html(pairs_page(found, so_far=state == states.PAIRING))


def pairs_page(found: Comparison, *, so_far: bool = False, under_an_answer: bool = False) -> Page:
    """The matched pairs: each measure without and with the policy, and the difference with its interval."""
    lines = {(row["measure"], row["scenario"]): row for row in found.table.to_dict("records")}
    rows, marks, title = [], [], ""
    for name in MEASURED:
        line = lines[name, POLICY]
        unit, half = str(line["unit"]), float(line["high"] - line["low"]) / 2
        levels = [quantity(float(lines[name, each]["mean"]), unit, half, short=True) for each in (STATUS_QUO, POLICY)]
        gap = difference(line["difference"], line["difference_low"], line["difference_high"], unit, line["mean"])
        rows.append((measure_name(name), gap, *levels))
        mean, low, high = (float(line[each]) for each in ("relative_difference", "relative_low", "relative_high"))
        drawn = name in HEADLINES and math.isfinite(high - low)  # what a lever sets itself would be the widest
        marks.append(Mark(100.0 * mean, 100.0 * low, 100.0 * high) if drawn else None)
        title = title or say(f"explore.{'finding' if so_far else 'found'}", measure=measure_name(name),
                             change=difference(mean, low, high, "", relative=True), n=count(found.replications))
    if under_an_answer:
        title = say("explore.random_title", n=count(found.replications), seed=found.seed)
    return Page(
        title, [], [column("measure"), column("difference"), scenario_name(STATUS_QUO), say("explore.policy")],
        rows, marks, say("notebook.in_percent"), 2,
        [say("explore.random", interval=interval_words(found.confidence))])
