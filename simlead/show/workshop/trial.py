"""Could we ever find out? A trial of the move that is on the wall: what it could tell, and what it is worth."""

from __future__ import annotations

import base64

from simlead.show.charts.axes import new_axes
from simlead.show.charts.trial import trial_power
from simlead.show.language import in_language, say
from simlead.show.trial import trial_sentence
from simlead.show.workshop.pictures import png_of
from simlead.show.workshop.session import TRIAL, Picture, Session
from simlead.study.trial.result import TrialAnswer

PAGE_INCHES = 4.5
"""Height of the chart on the page, below three sentences on a projector; the one to take home is larger."""

LINES = ("revenue", "earliest", "indicator", "enough")
"""What is said below the answer, by the kinds of its findings; of the two on indicators the first there is."""

REVENUE = "revenue"


def trial_seen(session: Session) -> Picture:
    """The answer in a sentence, what revenue, the earliest indicator and more teams could tell, and the power."""
    with session.lock:
        key, language, growing = session.picture_key(TRIAL), session.language, session.trial()
    assert growing is not None and growing.answer is not None
    found = growing.answer
    with in_language(language):
        said = [(one.code.split(".")[1], trial_sentence(one)) for one in found.findings]
        doubled = {"indicator"} if "earliest" in dict(said) else set()
        drawn = _chart(found)
        seen = {
            "title": said[0][1],
            "lines": [text for kind, text in said if kind in LINES and kind not in doubled],
            "drawn": bool(drawn),
            "image": {"class": "power", "alt": say("trial.charts.power"), "hidden": not drawn,
                      "src": "data:image/png;base64," + base64.b64encode(drawn).decode() if drawn else "data:,"},
            "note": say("workshop.trial.note", worlds=found.worlds, replications=found.replications,
                        months=found.plan.months, treated=found.plan.treated, teams=found.plan.teams),
        }

    def save() -> bytes:
        with in_language(language):
            return _chart(found, for_page=False)

    return Picture(key, seen, save=save)


def _chart(found: TrialAnswer, for_page: bool = True) -> bytes:
    """The power of revenue, or of the outcome that decides where revenue cannot be analysed; nothing if none can."""
    if found.chosen.empty:
        return b""
    outcome = REVENUE if REVENUE in set(found.chosen["outcome"]) else found.primary
    return png_of(trial_power(found.curves, found.chosen, new_axes(PAGE_INCHES) if for_page else None, outcome=outcome,
                              months=found.plan.months, worlds=found.worlds))
