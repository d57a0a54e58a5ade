"""What base years, answers, decisions, money, trials, examinations of claims and worlds show of themselves."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from simlead.results.seen import SEEN
from simlead.show.answers import effect_scale
from simlead.show.base_year import as_counted, as_solved, contradictions
from simlead.show.claims_words import chances, verdict_words
from simlead.show.format import (
    chance,
    count,
    interval,
    interval_words,
    number,
    parameter_unit,
    percent_of,
    plus_minus,
    probability,
    scale,
    with_interval,
)
from simlead.show.language import known, say
from simlead.show.money import A_YEAR, SUMMARY_COLUMNS, between, change_words, sized, summary_rows, three_sentences
from simlead.show.notebook.objects import column
from simlead.show.notebook.page import Faces, Mark, Page
from simlead.show.sentences import sentences
from simlead.show.trial import RELATIVE, effect_scale_of, estimator_name, outcome_name, p_value_words
from simlead.show.trial import change_words as levers
from simlead.show.wording import (
    capital,
    effect_sizes_name,
    inside,
    listed,
    measure_name,
    parameter_name,
    scenario_name,
    words,
)

NAMED = 2
MOST_UNKNOWN = 8

_BOTH = ("mean", "low", "high")


def _mark(row: dict[Any, Any], factor: float) -> Mark:
    return Mark(*(factor * float(row[name]) for name in ("mean", "random_low", "random_high", "low", "high")))


def _of(row: dict[Any, Any]) -> str:
    return say("notebook.of_set", policy=inside(scenario_name(str(row["policy"]))),
               effect_sizes=inside(effect_sizes_name(str(row["effect_sizes"]))))


# --- an answer


def _change(row: dict[Any, Any]) -> str:
    """An effect with the interval of both uncertainties."""
    factor, unit = effect_scale(str(row["unit"]), max(abs(row["low"]), abs(row["high"])))
    mean, low, high = (factor * row[name] for name in _BOTH)
    return with_interval(mean, low, high, unit, sign=True)


def answer_text(found: Any) -> str:
    """An answer in short: each effect with the interval of both uncertainties."""
    rows = found.table.to_dict("records")
    named = [say("notebook.named", name=_of(row), value=_change(row)) for row in rows]
    return say("notebook.answer.short", measure=inside(measure_name(found.measure)), results=listed(named, most=NAMED),
               worlds=count(int(found.table["worlds"].min())))


def answer_page(found: Any) -> Page:
    """An answer: sentences, and the effects with both uncertainties."""
    rows = found.table.to_dict("records")
    size = max(max(abs(row["low"]), abs(row["high"])) for row in rows)
    factor, unit = effect_scale(found.unit, size)
    lines = []
    for row in rows:
        by, _ = effect_scale(str(row["unit"]), max(abs(row["low"]), abs(row["high"])))
        lines.append((scenario_name(str(row["policy"])), effect_sizes_name(str(row["effect_sizes"])), _change(row),
                      interval(by * row["random_low"], by * row["random_high"]),
                      probability(row["p_above_smallest"]), probability(row["p_no_difference"]),
                      probability(row["p_below_smallest"])))
    return Page(
        say("notebook.answer.title", measure=inside(measure_name(found.measure)),
            worlds=count(int(found.table["worlds"].min())), replications=count(found.replications), seed=found.seed),
        sentences([each for policy in found.policies for each in found.lead(policy)]),
        [column(name) for name in ("policy", "effect_sizes", "effect", "random", "p_gain", "p_none", "p_loss")], lines,
        [_mark(row, factor) for row in rows], unit,
        legend=[say("notebook.both", interval=interval_words(found.confidence))], spare=(6, 5, 4),
        more=list(dict.fromkeys(sentences([each for policy in found.policies for each in found.details(policy)]))))


# --- a decision


def _profit(row: dict[Any, Any], mean: str = "expected", low: str = "low", high: str = "high") -> str:
    """A difference in profit a year, with its interval."""
    return change_words({"mean": row[mean], "low": row[low], "high": row[high]}, A_YEAR)


def decision_text(found: Any) -> str:
    """A decision in short: the best policy by expected profit or those that are tied, and its profit."""
    best = found.policies.set_index("policy").loc[found.best].to_dict()
    key = "tied" if len(found.tied) > 1 else "best"
    return say(f"notebook.decision.{key}", policy=inside(scenario_name(found.best)),
               names=listed([inside(scenario_name(name)) for name in found.tied], most=3), profit=_profit(best),
               evpi=sized(found.evpi, A_YEAR))


def decision_page(found: Any) -> Page:
    """A decision: the policies by expected profit, what each may forgo, and what learning is worth."""
    rows = found.policies.sort_values("expected", ascending=False, kind="stable").to_dict("records")
    factor, unit = scale(A_YEAR, max(max(abs(row["low"]), abs(row["high"])) for row in rows))
    return Page(
        decision_text(found), sentences(found),
        [column(name) for name in ("policy", "profit", "p_best", "forgone", "behind")],
        [(scenario_name(str(row["policy"])), _profit(row), probability(row["p_best"]),
          sized(row["regret_high"], A_YEAR), "" if row["policy"] == found.best else _behind(row)) for row in rows],
        [Mark(factor * row["expected"], math.nan, math.nan, factor * row["low"], factor * row["high"]) for row in rows],
        unit, 1, [say("notebook.decision.both", interval=interval_words(found.confidence))],
        [_worth(row) for row in found.learning.to_dict("records") if row["value"] > 0.0], spare=(4, 3))


def _worth(row: dict[Any, Any]) -> str:
    """What knowing a parameter is worth."""
    of_the_interval = {"low": row["value_low"], "high": row["value_high"]}
    return say("notebook.decision.learn", parameter=inside(parameter_name(str(row["parameter"]))),
               value=sized(row["value"], A_YEAR), between=between(of_the_interval, A_YEAR))


def _behind(row: dict[Any, Any]) -> str:
    """By how much the best policy earns more."""
    return _profit(row, "behind", "behind_low", "behind_high")


# --- money


def money_text(found: Any) -> str:
    """Money in short: profit a year with the interval of both uncertainties, and the probability that it pays."""
    named = [say("notebook.money.pays", name=_of(row), value=change_words(row, A_YEAR), p=chance(row["p_pays"]))
             for row in found.table.to_dict("records")]
    return say("notebook.money.short", results=listed(named, most=NAMED), worlds=count(found.worlds))


def money_page(found: Any) -> Page:
    """Money: the answer in three sentences, profit a year, payback and return."""
    rows = [found.row(policy, name) for policy in found.policies for name in found.effect_sizes]
    factor, unit = scale(A_YEAR, max(max(abs(row["low"]), abs(row["high"])) for row in rows))
    return Page(
        say("notebook.money.title", worlds=count(found.worlds), replications=count(found.replications),
            seed=found.seed),
        [each for policy in found.policies for each in three_sentences(found, policy)],
        [say(f"money.columns.{name}") for name in SUMMARY_COLUMNS], summary_rows(found),
        [_mark(row, factor) for row in rows], unit,
        legend=[say("notebook.both", interval=interval_words(found.confidence))], spare=(5, 4, 6))


# --- trials


def trial_text(found: Any) -> str:
    """A trial's answer in short: what is best, and what that is expected to bring."""
    if not found.best:
        return say("notebook.trial.nothing", change=levers(found.change), months=count(found.plan.months))
    row = found.options[found.options["option"] == found.best].to_dict("records")[0]
    return say("notebook.trial.short", change=levers(found.change), months=count(found.plan.months),
               best=inside(say(f"trial.options.{found.best}")), value=_option(row), worlds=count(found.worlds))


def _option(row: dict[Any, Any]) -> str:
    factor, unit = scale("$", max(abs(row["expected"]), abs(row["low"]), abs(row["high"])))
    expected, low, high = (factor * row[name] for name in ("expected", "low", "high"))
    return with_interval(expected, low, high, unit, sign=True)


def trial_page(found: Any) -> Page:
    """A trial's answer: sentences, and the options by what they are expected to bring."""
    rows = found.options.to_dict("records")
    said = sentences(found)
    factor, unit = scale("$", max((max(abs(row["low"]), abs(row["high"])) for row in rows), default=0.0))
    return Page(
        say("notebook.trial.title", change=levers(found.change), months=count(found.plan.months),
            worlds=count(found.worlds), seed=found.seed), said[:3],
        [column(name) for name in ("option", "expected", "best_share")],
        [(say(f"trial.options.{row['option']}"), _option(row), percent_of(row["best_share"])) for row in rows],
        [Mark(factor * row["expected"], math.nan, math.nan, factor * row["low"], factor * row["high"]) for row in rows],
        unit, 1, [say("notebook.trial.worlds")] if rows else [], said[3:])


def result_text(found: Any) -> str:
    """A trial's result in short: the effect that decides, and what to do."""
    row = found.table.to_dict("records")[0]
    return say("notebook.result.short", outcome=inside(outcome_name(str(row["outcome"]))), value=_trial_effect(row),
               best=say(f"notebook.result.{found.best}"))


def _trial_effect(row: dict[Any, Any]) -> str:
    outcome, (effect, low, high) = str(row["outcome"]), (float(row[name]) for name in ("effect", "low", "high"))
    factor, unit = (scale(SEEN[outcome].unit, max(abs(low), abs(high))) if outcome in RELATIVE
                    else effect_scale_of(outcome, math.nan))
    return with_interval(factor * effect, factor * low, factor * high, unit, sign=True)


def result_page(found: Any) -> Page:
    """A trial's result: sentences, and the effects by outcome."""
    rows = [(outcome_name(str(row["outcome"])), estimator_name(str(row["estimator"])), _trial_effect(row),
             p_value_words(float(row["p_value"]))) for row in found.table.to_dict("records")]
    columns = [column(name) for name in ("outcome", "estimator", "effect_seen", "p")]
    return Page(result_text(found), sentences(found), columns, rows)


# --- claims


def _claim(key: str) -> str:
    name = f"claims.text.{key}"
    return say(name) if known(name) else words(key)


def _verdict(row: dict[Any, Any]) -> str:
    return verdict_words(str(row["verdict"]), str(row["follows"]))


def claims_text(found: Any) -> str:
    """An examination in short: the first verdicts."""
    rows = found.table.to_dict("records")
    named = [say("notebook.claims.verdict", claim=_claim(str(row["key"])).rstrip("."), verdict=_verdict(row),
                 effect_sizes=inside(effect_sizes_name(str(row["effect_sizes"])))) for row in rows]
    return say("notebook.claims.short", count=count(len({row["key"] for row in rows})), results=listed(named, most=1))


def claims_page(found: Any) -> Page:
    """An examination: a verdict with its probability for each claim and set of effect sizes."""
    rows = [(_claim(str(row["key"])), effect_sizes_name(str(row["effect_sizes"])), capital(_verdict(row)),
             chances(float(row["p_holds"])), _depends(row["depends_on"]))
            for row in found.table.to_dict("records")]
    keys = len({row[0] for row in rows})
    return Page(say("notebook.claims.title", count=count(keys)), [],
                [column(name) for name in ("claim", "effect_sizes", "verdict", "p_holds", "depends_on")], rows,
                notes=[say("notebook.claims.both")])


def _depends(path: Any) -> str:
    """The parameter that a claim depends on, if it depends on one."""
    return inside(parameter_name(path)) if isinstance(path, str) and path else ""


# --- worlds


def worlds_text(found: Any) -> str:
    """Worlds in short: how many, and how many of equal weight they are worth."""
    return say("notebook.worlds.short", worlds=count(len(found)), effective=number(found.effective_size),
               parameters=count(len(found.drawn)), seed=found.seed)


def worlds_page(found: Any, *, whole: bool = False) -> Page:
    """Worlds: what the facts make of them, and what they tell most about."""
    table = found.unknown
    moved = ((table["mean"] - table["mean_before"]).abs() / table["sd_before"]).sort_values(ascending=False)
    rows = [(parameter_name(row["parameter"]), _spread(row["mean_before"], row["sd_before"]),
             _spread(row["mean"], row["sd"]), parameter_unit(row["parameter"]),
             say(f"names.grade_letters.{row['grade']}"))
            for row in table.loc[moved.index[:None if whole else MOST_UNKNOWN]].to_dict("records")]
    left = len(table) - len(rows)
    return Page(worlds_text(found), sentences(found),
                [column(name) for name in ("parameter", "before_facts", "after_facts", "unit", "grade")], rows,
                notes=[say("notebook.worlds.left", count=count(left), where=".unknown")] if left > 0 else [])


def _spread(mean: float, sd: float) -> str:
    return f"{number(mean, sd)} {plus_minus(sd)}"


# --- a base year


def base_year_text(found: Any) -> str:
    """A base year in short: how many facts are stated, and how many of them the simulated year contradicts."""
    return say("notebook.base_year.short", stated=count(int(found.table["stated"].notna().sum())),
               contradicted=count(len(found.contradictions)), replications=count(found.replications), seed=found.seed)


def base_year_page(found: Any) -> Page:
    """A base year: each fact as stated and as simulated, what contradicts what, and what was solved."""
    facts = as_counted(found)
    solved = as_solved(found).to_numpy().tolist() if len(found.solved) else []
    return Page(
        say("notebook.base_year.title", replications=count(found.replications), seed=found.seed),
        contradictions(found) or [say("notebook.base_year.agrees")], list(facts.columns), facts.to_numpy().tolist(),
        more=[say("notebook.base_year.solved", parameter=parameter, preset=preset, solved=value)
              for parameter, preset, value in solved], names=1, spare=(3,))


FACES: Faces = {
    "BaseYear": (base_year_text, base_year_page),
    "Answer": (answer_text, answer_page),
    "Decision": (decision_text, decision_page),
    "Money": (money_text, money_page),
    "TrialAnswer": (trial_text, trial_page),
    "TrialResult": (result_text, result_page),
    "Examination": (claims_text, claims_page),
    "Worlds": (worlds_text, worlds_page),
}

WHOLE: dict[str, Callable[[Any], Page]] = {"Worlds": partial(worlds_page, whole=True)}
"""The pages that leave rows out, with all of them."""
