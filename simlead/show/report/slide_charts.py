"""A native chart on a slide: bars with their intervals, stacked bars, or lines, that can be edited."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_LINE
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from simlead.show.report.deck import Deck, colour_of
from simlead.show.report.native import Native, Series
from simlead.show.report.slide_tables import Frame

_TYPES = {"lines": XL_CHART_TYPE.LINE, "bars": XL_CHART_TYPE.BAR_CLUSTERED, "stacked": XL_CHART_TYPE.BAR_STACKED}
_SPACE = 'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
SIZE = 13
LABELS = 8
MOST_LABELS = 13
"""Labels of categories below lines; of more every sixth, or as many as make this."""


def add_chart(deck: Deck, slide: Any, native: Native, frame: Frame, key: str, description: str) -> None:
    """Add a native chart to a slide; the first category of bars is at the top."""
    if native.kind != "lines":
        native = _upwards(native)
    kind: Any = CategoryChartData
    data = kind(number_format="General")
    data.categories = native.categories
    for series in native.series:
        data.add_series(series.name, series.values)
    shape = slide.shapes.add_chart(
        _TYPES[native.kind], *(Inches(one) for one in (frame.left, frame.top, frame.width, frame.height)), data)
    shape.name = key
    shape._element.nvGraphicFramePr.cNvPr.set("descr", description)
    chart = shape.chart
    chart.has_title = False
    chart.font.size = Pt(SIZE)
    if not deck.rightwards:
        chart.font.name = deck.font
    named = [series for series in native.series if not series.edge]
    chart.has_legend = len(named) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        _hide_in_legend(chart, [place for place, series in enumerate(native.series) if series.edge])
    _axes(deck, chart, native)
    plot = chart.plots[0]
    if native.kind != "lines":
        plot.gap_width, plot.overlap = (60, 100) if native.kind == "stacked" else (70, -10)
    for made, series in zip(plot.series, native.series, strict=True):
        _draw(native, made, series)


def _axes(deck: Deck, chart: Any, native: Native) -> None:
    categories, values = chart.category_axis, chart.value_axis
    values.has_major_gridlines = True
    values.major_gridlines.format.line.color.rgb = colour_of("D9D9D9")
    for axis, title in ((values, native.axis), (categories, native.category_axis)):
        axis.has_title = bool(title)
        axis.format.line.color.rgb = colour_of("595959")
        if title:
            frame = axis.axis_title.text_frame
            deck.paragraph(frame.paragraphs[0], title, SIZE)
    # Labels stand apart from bars that go to either side of 0.
    categories.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if native.kind == "lines":
        step = 6 if len(native.categories) <= 6 * MOST_LABELS else len(native.categories) // MOST_LABELS
        if len(native.categories) > MOST_LABELS:
            for name in ("tickLblSkip", "tickMarkSkip"):
                _put(categories._element, name, str(step), before=("noMultiLvlLbl",))
        return
    if not deck.rightwards:
        categories.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    values.minimum_scale, values.maximum_scale, values.major_unit = limits(native)


def limits(native: Native) -> tuple[float, float, float]:
    """The ends of the axis of bars and the step between its labels: 0 and every interval lie within.

    >>> limits(Native("bars", ("a",), (Series("s", (18.0,), (8.0,), (27.0,)),), "%"))
    (0.0, 30.0, 5.0)
    """
    if native.kind == "stacked":
        ends = [0.0, *(sum(value or 0.0 for value in column) for column in zip(*(
            series.values for series in native.series), strict=True))]
    else:
        ends = [0.0, *(value for series in native.series for part in (series.values, series.low, series.high)
                       for value in part if value is not None)]
    room = (max(ends) - min(ends)) / LABELS or 1.0
    size = 10.0 ** math.floor(math.log10(room))
    step = next(each * size for each in (1.0, 2.0, 5.0, 10.0) if each * size >= room)
    return (float(f"{step * math.floor(min(ends) / step):.6g}"), float(f"{step * math.ceil(max(ends) / step):.6g}"),
            float(f"{step:.6g}"))


def _upwards(native: Native) -> Native:
    """Bars from the last to the first, because they are drawn from below; and so are those beside each other."""
    turned = tuple(dataclasses.replace(
        series, values=series.values[::-1], low=series.low[::-1], high=series.high[::-1]) for series in native.series)
    return dataclasses.replace(native, categories=native.categories[::-1],
                               series=turned if native.kind == "stacked" else turned[::-1])


def _draw(native: Native, made: Any, series: Series) -> None:
    colour = colour_of(series.colour.lstrip("#").upper())
    if native.kind == "lines":
        made.smooth = False
        made.format.line.color.rgb = colour
        made.format.line.width = Pt(1.25 if series.edge else 3.0)
        if series.edge:
            made.format.line.dash_style = MSO_LINE.DASH
        _put(made._element.get_or_add_marker(), "symbol", "none")
        return
    made.format.fill.solid()
    made.format.fill.fore_color.rgb = colour
    made.invert_if_negative = False
    if native.kind == "stacked":
        made.format.line.color.rgb = colour_of("8C8C8C")
    if series.low:
        made._element.insert_element_before(_error_bars(series), "c:cat", "c:val", "c:shape", "c:extLst")


def _error_bars(series: Series) -> Any:
    """The intervals as error bars, each end by itself."""
    ends = {"plus": [(value, end) for value, end in zip(series.values, series.high, strict=True)],
            "minus": [(end, value) for value, end in zip(series.values, series.low, strict=True)]}
    parts = []
    for name, pairs in ends.items():
        points = "".join(
            f'<c:pt idx="{place}"><c:v>{max(high - low, 0.0):.6g}</c:v></c:pt>'
            for place, (low, high) in enumerate(pairs) if low is not None and high is not None)
        parts.append(f'<c:{name}><c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(pairs)}"/>'
                     f"{points}</c:numLit></c:{name}>")
    return parse_xml(
        f'<c:errBars {_SPACE} xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        f'<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>{"".join(parts)}'
        '<c:spPr><a:ln w="22225"><a:solidFill><a:srgbClr val="1A1A1A"/></a:solidFill></a:ln></c:spPr></c:errBars>')


def _hide_in_legend(chart: Any, places: list[int]) -> None:
    legend = chart.legend._element
    for place in reversed(places):
        entry = parse_xml(f'<c:legendEntry {_SPACE}><c:idx val="{place}"/><c:delete val="1"/></c:legendEntry>')
        legend.insert(1, entry)  # after legendPos


def _put(parent: Any, name: str, value: str, before: tuple[str, ...] = ()) -> None:
    """Set a child's value where python-pptx has no name for it."""
    found = parent.find(qn(f"c:{name}"))
    if found is None:
        found = parse_xml(f"<c:{name} {_SPACE}/>")
        place = next((parent.index(child) for child in parent if child.tag in {qn(f"c:{one}") for one in before}), None)
        if place is None:
            parent.insert(0, found) if name == "symbol" else parent.append(found)
        else:
            parent.insert(place, found)
    found.set("val", value)
