"""The purposes of random draws, from the model, with what each decides."""

from __future__ import annotations

import inspect
import re

from simlead.model import draws

from .markdown import table, undocumented

_PURPOSE = re.compile(r"^(\w+): Final = (\d+)  # (.+)$", re.M)

DECIDES = {
    "ARRIVAL_GAP": "the time until the territory's next opportunity",
    "VALUE": "what a deal is worth",
    "PACE": "how long its buyer needs",
    "VISIBILITY": "how hard an opportunity is to notice",
    "GATE": "whether a gate is passed",
    "MEETING_GAP": "the buyer's time before a meeting",
    "HANDLING": "how long a meeting takes the rep",
    "UNNOTICED_FATE": "what becomes of an opportunity that we never saw",
    "EARLY_FATE": "whether a deal lost before the proposal goes to a rival or to no one",
    "SILENCE": "how long a buyer who will not decide keeps silent",
    "SPLIT": "to which seat of a split territory an opportunity belongs",
    "HANDOVER": "whether a leaver's deal is lost",
    "HEROIC": "whether a large proposal pulls the manager in",
    "HEROIC_HOURS": "how many hours that takes",
    "NAMING": "whether the KPI review names an overdue deal",
    "ONE_TO_ONE_PROTECTED": "whether a one-to-one is protected",
    "PRE_CALL_PROTECTED": "whether a pre-call is protected",
    "POST_CALL_PROTECTED": "whether a post-call is protected",
    "ABILITY": "a rep's ability",
    "STAGE_SKILL": "a rep's strength at a stage",
    "COACHING_TALENT": "how well a rep would coach, once promoted",
    "TALENT_IMPRESSION": "with what error others see that",
    "VACANCY": "how long a seat stays vacant",
    "QUIT": "whether a rep leaves this week",
    "FIRST_VACANT": "whether a seat is vacant at the start",
    "FIRST_TENURE": "how long its rep has been there at the start",
    "QUALITY": "a manager's coaching quality",
    "PEOPLE_SKILL": "a manager's people skill",
    "MANAGER_CLARITY": "how clearly a manager sees the role",
    "NATURAL_COACH": "whether a manager coaches whatever the policy says",
    "TRAINABLE": "whether a manager can be trained to coach",
    "MANAGER_EXIT": "how long a manager stays",
    "PROMOTION": "who is promoted, if chance decides",
    "ERRAND_GAP": "the time until the next request",
    "ERRAND_KEPT": "whether a clear role keeps it away",
    "ERRAND_KIND": "whether it is information work",
    "COACHED_REPS": "how many reps a manager coaches this week, where the plan leaves a fraction",
    "ATTENTION": "how much a manager prefers to coach this rep",
    "ATTENTION_OF_WEEK": "chance in whom the manager coaches this week",
    "ABILITY_DRIFT": "how a rep's ability drifts this week",
    "QUARTER_END": "whether a decision due soon after a quarter's end is pulled before it",
    "STRATUM": "how first managers are spread over the law of quality",
}
"""Purpose -> what is decided by it, in words that no code can say."""


def declared() -> dict[str, tuple[int, str]]:
    """Purpose -> its number and what names a draw (entity, index), from the model's source."""
    return {name: (int(number), words) for name, number, words in _PURPOSE.findall(inspect.getsource(draws))}


def purposes() -> str:
    """Every purpose: its number, what it decides, and what names a draw."""
    return table(["number", "purpose", "decides", "named by entity, index"], [
        [str(number), f"`{name}`", DECIDES.get(name) or undocumented(name), named_by]
        for name, (number, named_by) in declared().items()])
