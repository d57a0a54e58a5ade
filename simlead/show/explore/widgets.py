"""The widgets of an explorer: a row for each lever, the set of effect sizes, the seed, and the result below."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import ipywidgets

from simlead.show.explore.levers import Lever, levers
from simlead.show.explore.words import set_name, value_words
from simlead.show.format import parameter_unit, parameter_value
from simlead.show.language import direction, say
from simlead.show.wording import parameter_name
from simlead.study.growing.exploration import Exploration

NAME, SLIDER, VALUE = "12em", "20em", "14em"
_STYLE = """<style>
.simlead-explorer .widget-html-content{min-width:0}
.simlead-rtl{direction:rtl}
.simlead-rtl .widget-slider{direction:ltr}
.simlead-rtl .widget-inline-hbox .widget-label{text-align:right;margin:0 0 0 8px}
</style>"""
"""A table that is wider than the notebook scrolls; sliders run from left to right in every language."""

_LARGEST_SEED = 2**53 - 1


class Controls:
    """All widgets of an explorer; `moved` is called when a hand, or `put`, has changed what is tried.

    `levers` has the widget of each lever by its dotted path, `whole` is the box that is shown.
    """

    def __init__(self, exploring: Exploration, moved: Callable[[], None]) -> None:
        self._exploring, self._moved, self._quiet = exploring, moved, False
        self.levers: dict[str, Any] = {}
        self._values: dict[str, Any] = {}
        self.effect_sizes = ipywidgets.Dropdown(
            options=[(set_name(name), name) for name in exploring.sets], value=exploring.effect_sizes,
            description=say("explore.effect_sizes"), disabled=len(exploring.sets) < 2,
            style={"description_width": "initial"}, layout={"width": "18em"})
        self.seed = ipywidgets.BoundedIntText(
            value=exploring.seed, min=0, max=_LARGEST_SEED, description=say("explore.seed"),
            style={"description_width": "initial"}, layout={"width": "16em"})
        self.as_it_is = ipywidgets.Button(description=say("explore.as_it_is"), layout={"width": "auto"})
        self.state, self.result = ipywidgets.HTML(), ipywidgets.HTML()
        first, others = levers()
        rows = [self._row(lever) for lever in first]
        more = ipywidgets.Accordion([ipywidgets.VBox([self._row(lever) for lever in others])])
        more.set_title(0, say("explore.more"))
        more.selected_index = None
        self.whole = ipywidgets.VBox([
            ipywidgets.HTML(_STYLE, layout={"display": "none"}),
            ipywidgets.HBox([self.effect_sizes, self.seed, self.as_it_is], layout={"flex_flow": "row wrap"}),
            *rows, more, self.state, self.result])
        self.whole.add_class("simlead-explorer")
        if direction() == "rtl":
            self.whole.add_class("simlead-rtl")
        for widget in (*self.levers.values(), self.effect_sizes, self.seed):
            widget.observe(self._changed, "value")
        self.as_it_is.on_click(self._back)

    def _row(self, lever: Lever) -> Any:
        value = self._exploring.firm.value(lever.path)
        widget = self.levers[lever.path] = _widget(lever, value)
        words = self._values[lever.path] = ipywidgets.HTML(layout={"width": VALUE})
        name = ipywidgets.Label(parameter_name(lever.path), layout={"width": NAME})
        name.tooltip = parameter_unit(lever.path)
        return ipywidgets.HBox([name, widget, words], layout={"flex_flow": "row wrap"})

    def chosen(self) -> tuple[dict[str, Any], str, int]:
        """What is tried: the levers that do not stand where the firm has them, the set, and the seed."""
        firm = self._exploring.firm
        values = {path: _value(widget) for path, widget in self.levers.items()}
        return ({path: value for path, value in values.items() if value != firm.value(path)},
                self.effect_sizes.value, int(self.seed.value))

    def put(self, changes: Mapping[str, Any], effect_sizes: str | None = None, seed: int | None = None) -> None:
        """Set several at once, as one move."""
        self._quiet = True
        try:
            for path, value in changes.items():
                self.levers[path].value = value
            if effect_sizes is not None:
                self.effect_sizes.value = effect_sizes
            if seed is not None:
                self.seed.value = seed
        finally:
            self._quiet = False
        self._moved()

    def show(self, state: str, result: str) -> None:
        """Show what it is at, what is known, and where the levers stand."""
        for path, words in self._values.items():
            words.value = escape(value_words(self._exploring, path))
        self.state.value = f'<div role="status" dir="{direction()}">{escape(state)}</div>'
        self.result.value = result

    def _changed(self, _: Any) -> None:
        if not self._quiet:
            self._moved()

    def _back(self, _: Any) -> None:
        self.put({path: self._exploring.firm.value(path) for path in self.levers})


def _widget(lever: Lever, value: Any) -> Any:
    """A slider for a number, a box to tick for a switch, a list for a choice."""
    line = lever.line
    if isinstance(line.default, bool):
        return ipywidgets.Checkbox(value=value, indent=False, layout={"width": SLIDER})
    if line.choices:
        return ipywidgets.Dropdown(options=[(parameter_value(line.path, each), each) for each in line.choices],
                                   value=value, layout={"width": SLIDER})
    kind = ipywidgets.IntSlider if lever.is_whole else ipywidgets.FloatSlider
    low, high = (int(line.low or 0), int(line.high or 0)) if lever.is_whole else (line.low, line.high)
    return kind(value=value, min=low, max=high, step=int(lever.step) if lever.is_whole else lever.step,
                readout=False, continuous_update=False, layout={"width": SLIDER})


def _value(widget: Any) -> Any:
    """A widget's value; a browser's number without the crumbs of its arithmetic."""
    return round(widget.value, 9) if isinstance(widget.value, float) else widget.value
