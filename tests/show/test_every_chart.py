"""Every chart, in both languages, on a screen and on a slide: legible, distinguishable without colour, with units.

The charts are those of the gallery; each is drawn from its code there, and (slow) from tables that are hard to draw.
"""

import itertools

import pytest
from chart_cases import DRAW, KINDS
from legible import SCREEN, SLIDE, faults, shown
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from pages import site_generators

from simlead.show import charts
from simlead.show.charts import managers
from simlead.show.charts.axes import frame, legend_above, new_axes
from simlead.show.charts.palette import DPI, HEIGHT_INCHES, SMALLEST, TEXT, WIDTH_INCHES
from simlead.show.language import LANGUAGES, in_language
from simlead.show.report import pictures
from simlead.show.report.deck import BODY_BOTTOM, BODY_TOP, MARGIN, WIDTH
from simlead.show.report.slides import ABOVE, BELOW

gallery = site_generators().gallery
every_chart = pytest.mark.parametrize("name", gallery.names())
both_languages = pytest.mark.parametrize("language", LANGUAGES)

LIGHTNESS = 10.0
"""Difference of lightness (of 100) that a bad copy still shows."""

HELD = ("random numbers", "intervals count these only", "unknown world", "both uncertainties")
"""One of these says which uncertainty an interval of an effect counts."""

EFFECTS = ("answer", "effect_by_team", "funnel", "growth_and_share", "money", "paid_back", "paired_difference",
           "selection", "simultaneous")
"""Charts of what a policy changes, with an interval."""


def lightness(colour):
    """CIE lightness of a colour in greyscale, 0 to 100."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    shade = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 116.0 * shade ** (1 / 3) - 16.0 if shade > 0.008856 else 903.3 * shade


def looks(panel):
    """How the lines, markers and bars of each colour look apart from it."""
    found = {}
    for line in panel.lines:
        if line.get_linestyle() not in ("None", ""):
            found.setdefault(to_hex(line.get_color()), set()).add(
                (str(line._dash_pattern), round(line.get_linewidth())))
        if line.get_marker() not in ("None", "", None):
            hollow = to_hex(line.get_markerfacecolor()) == "#ffffff"
            found.setdefault(to_hex(line.get_markeredgecolor() if hollow else line.get_markerfacecolor()), set()).add(
                (str(line.get_marker()), hollow))
    for patch in panel.patches:
        found.setdefault(to_hex(patch.get_facecolor()), set()).add(("hatch", patch.get_hatch() or ""))
    return found


def alike(ax):
    """Pairs of colours in the same axes that a copy without colour shows alike."""
    figure, found = ax.get_figure(root=True), []
    for panel in {panel for one in figure.axes for panel in (one, *one.child_axes) if isinstance(panel, Axes)}:
        for (one, here), (other, there) in itertools.combinations(looks(panel).items(), 2):
            if here == there and abs(lightness(one) - lightness(other)) < LIGHTNESS:
                found.append(f"{one} and {other}: {sorted(map(str, here))}")
    return found


def caption(ax):
    return " ".join(" ".join(text.get_text() for text in ax.texts if text.get_gid() == "caption").split())


# --- every chart of the gallery


@every_chart
@both_languages
def test_a_chart_is_legible_on_a_screen_and_differs_without_colour(name, language):
    with in_language(language):
        ax = gallery.draw(name)
        assert faults(shown(ax, SCREEN)) == []
    figure = ax.get_figure(root=True)
    assert (figure.get_figwidth(), figure.get_figheight()) == (WIDTH_INCHES, HEIGHT_INCHES) == (40 / 3, 7.5)
    assert figure.bbox.width == pytest.approx(1280) and figure.bbox.height == pytest.approx(720) and DPI == 96
    assert alike(ax) == []


@every_chart
def test_each_axis_with_numbers_is_named(name):
    ax = gallery.draw(name)
    ax.get_figure(root=True).draw_without_rendering()
    for panel in (ax, *ax.child_axes):
        if not isinstance(panel, Axes) or not panel.axison or hasattr(panel, "_colorbar"):
            continue
        for axis, called in ((panel.xaxis, panel.get_xlabel()), (panel.yaxis, panel.get_ylabel())):
            read = [label.get_text().replace(",", "") for label in axis.get_ticklabels() if label.get_visible()]
            numbers = [text for text in read if text.lstrip("\N{MINUS SIGN}").replace(".", "").isdigit()]
            assert len(numbers) < 2 or called or len(numbers) < len(read), (name, read)


@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_says_which_uncertainty_its_interval_counts(name):
    said = caption(gallery.draw(name))
    assert any(words in said for words in HELD), said


# --- in a report


@both_languages
@pytest.mark.parametrize(("name", "room", "height"), [
    ("structures", BODY_BOTTOM - BODY_TOP, pictures.HEIGHT_INCHES),
    ("surface_map", BODY_BOTTOM - BODY_TOP, pictures.HEIGHT_INCHES),
    ("surface_slices", BODY_BOTTOM - BODY_TOP, pictures.HEIGHT_INCHES),
    ("claim_chart", BODY_BOTTOM - BELOW - BODY_TOP - ABOVE, pictures.BELOW_FACTS)])
def test_a_picture_in_a_deck_has_letters_of_12_points_or_more(name, room, height, language):
    with in_language(language):
        ax = DRAW[name]("one row")
        made = pictures.picture(name, lambda: ax, name == "claim_chart", height)
    inches = [pixels / pictures.PIXELS_PER_INCH for pixels in (made.width, made.height)]
    assert TEXT * min((WIDTH - 2 * MARGIN) / inches[0], room / inches[1]) >= SMALLEST
    assert faults(shown(ax)) == []


# --- hard tables


def test_every_chart_has_hard_cases():
    assert set(DRAW) == set(gallery.names())
    assert set(charts.__all__) == set(DRAW) | set(gallery.NO_PICTURES)


@pytest.mark.slow
@both_languages
@pytest.mark.parametrize("name", sorted(DRAW))
def test_a_chart_of_a_hard_table_is_legible_on_a_screen_and_on_a_slide(name, language):
    with in_language(language):
        for kind in KINDS:
            ax = DRAW[name](kind)
            for dpi in (SCREEN, SLIDE):
                assert faults(shown(ax, dpi)) == [], (kind, dpi)
            assert alike(ax) == [], kind


@both_languages
@pytest.mark.parametrize("name", ["answer", "paired_difference", "money"])
def test_a_long_name_is_shortened_and_nothing_else(name, language):
    with in_language(language):
        ax = DRAW[name]("long names")
        assert faults(shown(ax)) == []
    assert "\N{HORIZONTAL ELLIPSIS}" in ax.get_title(loc="left") and ax.get_title(loc="left").count("\n") <= 1


# --- the checks can fail


def planted(change):
    """The faults of an ordinary chart that somebody has changed."""
    ax = gallery.draw("answer")
    change(ax)
    return faults(shown(ax))


def _onto(ax):
    first, second = [text for text in ax.texts if text.get_gid() == "note"][:2]
    second.xy, second.xyann = first.xy, first.xyann


def _over_the_edge(ax):
    ax.text(0.99, 0.5, "cut off here", transform=ax.get_figure().transFigure, fontsize=14).set_in_layout(False)


def _small(ax):
    ax.text(0.5, 0.999, "small", transform=ax.transAxes, fontsize=11, va="top")


def _over_the_drawing(ax):
    legend_above(ax, ax.lines[:1])
    ax.get_figure().legends[0].set_bbox_to_anchor((0.3, 0.3, 0.4, 0.3), transform=ax.get_figure().transFigure)


@pytest.mark.parametrize(("change", "said"), [
    (_onto, " on "), (_over_the_edge, "outside the picture"), (_small, "11.0 points when projected"),
    (_over_the_drawing, "the legend is over the drawing"),
    (lambda ax: ax.title.axes.set_title("one\ntwo\nthree", loc="left", fontsize=20, fontweight="bold"),
     "more than two lines"),
], ids=["a label on another", "cut off", "small", "a legend over the drawing", "three lines"])
def test_a_planted_fault_is_found(change, said):
    assert any(said in fault for fault in planted(change))


def test_colours_alike_in_greyscale_are_found(monkeypatch):
    monkeypatch.setattr(managers, "HATCHES", dict.fromkeys(managers.CATEGORIES, ""))
    assert any("#56b4e9" in pair and "#e69f00" in pair for pair in alike(DRAW["manager_time"]("one row")))


def test_a_figure_twice_as_high_has_letters_that_are_too_small_on_a_slide():
    ax = frame(new_axes(15.0), "A finding", "A caption.")
    assert any("7.0 points when projected" in fault for fault in faults(shown(ax)))
