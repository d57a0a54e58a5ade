"""State variables of the entities, from the dataclasses of the engine that is written to be read."""

from __future__ import annotations

import dataclasses
import inspect
import re
from typing import Any

from simlead.engines.reference import state

from .markdown import escaped, table, undocumented

ENTITIES: dict[str, Any] = {
    "Deal": state.Deal, "Seat": state.Seat, "Team": state.Team, "Session": state.Session, "Block": state.Block,
}
_COMMENT = re.compile(r"^    (\w+): [^#\n]+  # (.+)$", re.M)

WORDS: dict[str, dict[str, str]] = {
    "Deal": {
        "value": "what it is worth, $ of its arrival",
        "pace": "the time that its buyer needs in all, hours",
        "heroics": "whether the manager was drawn in, and done in time",
        "named": "the KPI review has named it, and no one has talked about it yet",
        "pre_calls": "gates that had a pre-call, a bit per stage",
        "territory": "whose buyer it is",
        "number": "the n-th of its territory",
        "arrived": "hour of its arrival",
        "value_z": "its value in standard deviations of the log, before the market's growth",
        "noticed": "whether we noticed it",
        "team": "the team that works it",
        "status": "with the buyer, waiting for its rep, in a meeting, silent, elsewhere, or over",
        "stage": "discovery, qualified or proposal",
        "meetings": "meetings held so far, 0 to 10",
        "due": "hour at which its next meeting became due",
        "overdue_weeks": "weeks that its meetings waited for us, less what was relieved",
        "relieved": "a one-to-one has dealt with its delay; this happens once",
        "hero_hours_left": "hours of heroics still to be done",
        "pre_call": "the pre-call that is booked for its next gate",
        "post_calls": "gates that had a post-call, a bit per stage",
        "handovers": "how often it changed hands",
        "abandoned": "lost because its rep left or no one was there",
        "silent": "failed a gate as no decision and has not said so yet",
        "outcome": "open, won, won by the manager, no decision, rival",
        "skill": "its rep's skill at the last gate decided, SD",
        "gates": "hours of its three gates",
        "decided": "hour at which its outcome was known",
        "won_value": "what it was worth to us, $",
        "met": "wakes its buyer when a meeting is over",
    },
    "Session": {
        "entity": "the seat of a one-to-one, the territory of a call",
        "index": "its name below that",
        "kind": "one-to-one, pre-call or post-call",
        "team": "whose manager gives it",
        "seat": "whose rep gets it",
        "hours": "how long it takes",
        "protected": "comes before the manager's other work",
        "deal": "the deal that a call is about",
        "stage": "the gate that a call is about",
        "after_lost_gate": "a debrief after a gate that was lost: it teaches more",
        "pending": "booked, neither held nor lapsed",
        "waited_for": "its rep has waited for it once",
        "began": "hour at which it began",
        "over": "its end",
    },
    "Block": {
        "task": "what it is: a duty, an errand, own selling, heroics",
        "hours": "how long it takes",
        "created": "hour at which it landed on the desk",
        "number": "its number among the manager's blocks",
        "deal": "the deal that heroics are for",
    },
    "Seat": {
        "leaving": "why its rep will leave, as soon as the task at hand is done",
        "prospected": "effective hours of prospecting in the week that closed last",
        "prospecting": "the same, smoothed over weeks: P",
        "handling_hours": "mean time of a meeting, this week",
        "face_to_face_share": "part of a meeting's time that is with the customer, this week",
        "chosen_for_coaching": "whether the manager coaches this rep this week",
        "coached_dose": "coaching hours of this week, as they count for the dose",
        "sold": "$ won in this seat since the start",
        "trailing_sales": "$ won in the last 52 weeks, or since the hire",
        "number": "its name; that of its territory",
        "team": "its team",
        "place_in_team": "its place in the team's order",
        "hire": "the seat's n-th rep",
        "filled": "whether a rep sits there",
        "hired_at": "hour of the hire",
        "ability": "the rep's ability, SD",
        "stage_z": "the rep's strength at each stage, SD",
        "focus": "weights of the stages in coaching, mean 1",
        "gain": "what coaching has brought, C, log-points",
        "dose": "coaching hours a month, smoothed",
        "clarity": "how clearly the rep sees the role, 0 to 1",
        "activity": "what the hour is used for now",
        "since": "since which hour",
        "task_began": "hour at which the task at hand began",
        "waiting_until": "how long the rep waits for the manager",
        "hours": "hours of this week by use",
        "queue": "customer meetings that wait, by due time",
        "deals": "the deals it works",
        "noticing": "probability to notice an opportunity, this week",
        "one_to_one_day": "weekday of this week's one-to-one",
        "one_to_ones_named": "one-to-ones booked this week",
        "meetings": "meetings held this week by stage",
        "wins": "deals won this week",
        "sales": "$ won this week",
        "sold_at_hire": "the seat's sales when this rep began, $",
        "trailing_weeks": "weeks that those sales are from, at most 52",
        "sold_by_week": "the seat's sales at each of the last 52 weeks, $",
        "own_buyers": "whether its territory has buyers of its own",
        "next_task": "wakes the rep with what comes next",
        "process": "the rep's working life",
    },
    "Team": {
        "duties": "hours a week of each duty",
        "daily_allowance": "coaching hours a day for calls",
        "own_selling_credit": "$ that own selling has earned and that no deal has paid out yet",
        "number": "its name",
        "seats": "its seats in order",
        "appointment": "the team's n-th manager",
        "quality": "the manager's coaching quality, Q",
        "people_skill": "the manager's people skill, SD",
        "natural_coach": "coaches whatever the policy says",
        "trainable": "can be trained to coach",
        "trained": "has been trained",
        "clarity_offset": "how much more clearly than the policy this manager sees the role",
        "clarity": "the manager's clarity, 0 to 1",
        "adherence": "how far the manager keeps to the plan, chi",
        "busy": "whether the manager does anything",
        "activity": "what the manager's hour is used for now",
        "since": "since which hour",
        "hours": "the manager's hours of this week by category",
        "blocks": "the desk: errands, duties and own selling in one queue",
        "blocks_created": "blocks that ever landed there",
        "owed_hours": "hours of each duty that are less than a block so far",
        "heroics": "deals that the manager has been drawn into",
        "protected": "coaching sessions that come before the desk",
        "unprotected": "coaching sessions that come after it",
        "planned": "hours planned this week by category",
        "booked_hours": "coaching hours booked this week",
        "reaches_all": "whether every rep is coached this week, newcomers included",
        "one_to_one_hours": "length of a one-to-one this week",
        "sittings": "sittings in which it is held, at most an hour each",
        "allowance_left": "hours left of today's allowance for calls",
        "rotation": "who is next for a further one-to-one",
        "meeting_on": "the weekly meeting is on",
        "manager_in_meeting": "with the manager",
        "meeting_began": "hour at which it began",
        "meeting_over": "its end",
        "review_planned": "this week's meeting will review the numbers",
        "reviewed": "it has done so",
        "booked": "sessions booked this week by kind",
        "held": "sessions held this week by kind",
        "lapsed": "sessions lapsed this week by kind",
        "errands_kept": "errands of this week that landed on the desk",
        "errands_dropped": "errands of this week that a clear role kept away",
        "information_released": "information blocks of this week",
        "information_lapsed": "of these and earlier ones, those struck off this week",
        "others_lapsed": "other blocks struck off this week",
        "heroics_begun": "deals that drew the manager in this week",
        "heroics_done": "heroics done in time this week",
        "own_wins": "deals that the manager won alone this week",
        "own_sales": "what they were worth, $",
        "next_task": "wakes the manager with what comes next",
    },
}
"""What a variable is, where the source does not say it beside the variable, or says it to programmers."""


def comments(entity: str) -> dict[str, str]:
    """Variable -> the comment beside it in the source."""
    return dict(_COMMENT.findall(inspect.getsource(ENTITIES[entity])))


def names(entity: str) -> list[str]:
    """The state variables of an entity, in the source's order."""
    kind = ENTITIES[entity]
    return [field.name for field in dataclasses.fields(kind)] if dataclasses.is_dataclass(kind) else list(kind._fields)


def variables(entity: str) -> str:
    """The state variables of an entity and what each of them is."""
    return table(["variable", "what it is"],
                 [[f"`{name}`", _words(entity, name)] for name in names(entity)])


def _words(entity: str, name: str) -> str:
    words = WORDS[entity].get(name) or comments(entity).get(name)
    return escaped(words) if words else undocumented(f"{entity}.{name}")
