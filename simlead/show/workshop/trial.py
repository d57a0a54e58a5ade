"""Could we ever find out? A trial of the move that is on the wall: what it could tell, and what it is worth."""

from __future__ import annotations

import base64

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from simlead.show.charts.palette import DPI, WIDTH_INCHES
from simlead.show.charts.shown import ShownAxes
from simlead.show.charts.trial import trial_power
from simlead.show.language import say, using
from simlead.show.trial import trial_sentence
from simlead.show.workshop.pictures import png_of
from simlead.show.workshop.session import TRIAL, Picture, Session
from simlead.study.trial.result import TrialAnswer

INCHES = (WIDTH_INCHES, 4.3)
"""The chart on the page, below three sentences on a projector; the one to take home is larger."""

LINES = ("revenue", "earliest", "indicator", "enough")
"""What is said below the answer, by the kinds of its findings; of the two on indicators the first there is."""

REVENUE = "revenue"


def trial_seen(session: Session) -> Picture:
    """The answer in a sentence, what revenue, the earliest indicator and more teams could tell, and the power."""
    with session.lock:
        key, language, growing = session.picture_key(TRIAL), session.language, session.trial()
    assert growing is not None and growing.answer is not None
    found = growing.answer
    with using(language):
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
        with using(language):
            return _chart(found, for_page=False)

    return Picture(key, seen, save=save)


def _chart(found: TrialAnswer, for_page: bool = True) -> bytes:
    """The power of revenue, or of the outcome that decides where revenue cannot be analysed; nothing if none can."""
    if found.chosen.empty:
        return b""
    outcome = REVENUE if REVENUE in set(found.chosen["outcome"]) else found.primary
    axes = None
    if for_page:
        figure = Figure(figsize=INCHES, dpi=DPI, facecolor="white")
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0), axes_class=ShownAxes)
    drawn = trial_power(found.curves, found.chosen, axes, outcome=outcome, months=found.plan.months,
                        worlds=found.worlds)
    if for_page:  # a low picture needs more of its height below the axes
        place = drawn.get_position()
        drawn.set_position((place.x0, 0.31, place.width, 0.53))
    return png_of(drawn)
