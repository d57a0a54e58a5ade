"""The pictures of a film: a team's pipeline above, its manager's calendar below, one title over both."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from simlead.model import events
from simlead.model.units import DAYS_PER_WEEK, HOURS_PER_DAY, HOURS_PER_WEEK, WEEKS_PER_YEAR
from simlead.results.diary import CANCELLED, day_of, pieces, sessions_cancelled
from simlead.results.run import Run
from simlead.show.animation.scenes import BUYERS_TURN, COLUMNS, DONE, OUR_TURN, SILENT, WON, Scene
from simlead.show.charts import palette
from simlead.show.charts.axes import local_ticks
from simlead.show.charts.diary import day_names
from simlead.show.charts.fitted_text import wrapped
from simlead.show.charts.managers import CATEGORIES, COLOURS
from simlead.show.charts.palette import BLUE, GREEN, GREY, PALE, TEXT, VERMILION
from simlead.show.format import number, scale
from simlead.show.language import direction, in_language, language, say
from simlead.show.wording import counted, inside, words

_TURNS = {BUYERS_TURN: BLUE, OUR_TURN: VERMILION, DONE: PALE}
_GROUND = "#F2F2F2"  # of a column
_CELL = 20.0  # pixels from dot to dot; less where there are more deals than fit
_SMALLEST, _LARGEST, _MEDIAN = 21.0, 185.0, 52.0  # areas of dots in square points, at that distance


class Picture(ABC):
    """A film's figure and how each moment is drawn on it; subclasses draw the calendar.

    `figure` is 1280 x 720 pixels, `count` the number of pictures. :meth:`draw` is to be called
    with 0, 1, 2 ... in order.
    """

    DPI: ClassVar[int] = palette.DPI

    def __init__(
        self, run: Run, team: int, week: int, name: str, value: np.ndarray, scenes: list[Scene]
    ) -> None:
        self.run, self.team, self.week = run, team, week
        self.count = len(scenes)
        self.figure = Figure(figsize=(palette.WIDTH_INCHES, palette.HEIGHT_INCHES), dpi=self.DPI, facecolor="white")
        FigureCanvasAgg(self.figure)
        self._language = language()
        self._value, self._scenes = value, scenes
        self._start = 0.985 if direction() == "rtl" else 0.015  # where a line of text begins
        side = "right" if direction() == "rtl" else "left"
        self._title = self.figure.text(self._start, 0.975, "", ha=side, va="top", fontsize=palette.HEADLINE,
                                       fontweight="bold", parse_math=False)
        self.figure.text(self._start, 0.012, wrapped(self._caption(name), TEXT, self._room()), ha=side, va="bottom",
                         fontsize=TEXT, color=GREY, parse_math=False)
        self._dots = self._pipeline(self.figure.add_axes((0.015, 0.47, 0.97, 0.36)))
        self.calendar = self.figure.add_axes((0.1, 0.205, 0.785, 0.2))
        self.calendar.spines[["top", "right", "left"]].set_visible(False)
        self.calendar.tick_params(labelsize=TEXT, length=0)
        self._legends()

    def draw(self, place: int) -> None:
        """Draw one moment."""
        scene = self._scenes[place]
        with in_language(self._language):
            shown = scene.column <= WON
            for column, header in enumerate(self._headers):
                header.set_text(say("animation.column", name=self._column_name(column),
                                    count=int(np.count_nonzero(scene.column == column))))
            positions = self._places[scene.column[shown], scene.slot[shown]]
            self._dots.set_offsets(positions)
            self._dots.set_sizes(self._sizes[shown])
            face, edge = self._colours(scene, shown)
            self._dots.set_facecolors(face)
            self._dots.set_edgecolors(edge)
            self._draw_calendar(scene)
            self._title.set_text(wrapped(self._headline(scene), palette.HEADLINE, self._room(), "bold"))

    def pixels(self) -> np.ndarray:
        """The picture as it stands, rows of red, green and blue."""
        canvas: Any = self.figure.canvas  # the one that the figure was given above
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[..., :3].copy()

    def palette(self) -> list[int]:
        """The colours of all pictures: each ink in steps towards paper, as its soft edges need them."""
        inks = dict.fromkeys(["black", GREY, *_TURNS.values(), GREEN, *COLOURS.values()])
        light = [ink for ink in ("white", _GROUND, *inks) if min(to_rgba(ink)[:3]) > 0.8]
        strong = [ink for ink in inks if ink not in light]
        # Steps that come close to white would be taken for it: paper is to stay white.
        colours = [to_rgba(ink)[:3] for ink in light]
        for ink in strong:
            for step in np.linspace(0.0, 0.85, (256 - len(light)) // len(strong)):
                red, green, blue = (part + float(step) * (1.0 - part) for part in to_rgba(ink)[:3])
                colours.append((red, green, blue))
        return [round(255 * part) for colour in colours for part in colour]

    @abstractmethod
    def _draw_calendar(self, scene: Scene) -> None:
        """Draw what the manager has done until this moment."""

    @abstractmethod
    def _headline(self, scene: Scene) -> str:
        """What the title says at this moment."""

    def _caption(self, name: str) -> str:
        key = "caption_named" if name else "caption"
        return say(f"animation.{key}", name=words(name), team=self.team + 1, seed=self.run.seed,
                   replicate=self.run.replicate)

    def _room(self) -> float:
        return 0.97 * palette.WIDTH_INCHES * 72

    def _column_name(self, column: int) -> str:
        name = COLUMNS[column]
        return say(f"names.stages.{name}") if name in events.STAGES else say(f"animation.columns.{name}")

    def _pipeline(self, ax: Axes) -> Any:
        """Empty columns with their headers, and the places of dots in them, [column, slot]."""
        width, height = (extent * self.DPI for extent in (0.97 * palette.WIDTH_INCHES, 0.36 * palette.HEIGHT_INCHES))
        ax.set_xlim(0.0, width)
        ax.set_ylim(0.0, height)
        ax.set_axis_off()
        each, gap = width / len(COLUMNS), 18.0
        most = max((int(scene.slot[scene.column <= WON].max()) + 1
                    for scene in self._scenes if (scene.column <= WON).any()), default=1)
        cell = _CELL
        while (int((each - gap) // cell)) * int((height - 30.0) // cell) < most:
            cell *= 0.98
        across = int((each - gap) // cell)
        slots = np.arange(most)
        self._headers = []
        self._places = np.zeros((len(COLUMNS), most, 2))
        for column in range(len(COLUMNS)):
            left = column * each + gap / 2.0  # from left to right in every language, as time runs on the axes
            ax.add_patch(Rectangle((left - 5.0, 0.0), each - gap + 10.0, height - 28.0, facecolor=_GROUND,
                                   edgecolor="none"))
            self._headers.append(ax.text(left + (each - gap) / 2.0, height - 20.0, "", fontsize=TEXT + 1, ha="center",
                                         va="bottom", fontweight="bold", parse_math=False))
            self._places[column, :, 0] = left + (slots % across + 0.5) * cell
            self._places[column, :, 1] = height - 30.0 - (slots // across + 0.7) * cell
        relative = self._value / max(float(np.median(self._value)) if len(self._value) else 1.0, 1e-9)
        self._sizes = np.clip(_MEDIAN * relative, _SMALLEST, _LARGEST) * (cell / _CELL) ** 2
        return ax.scatter([], [], s=[], linewidths=0.8)

    def _colours(self, scene: Scene, shown: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        face = np.array([to_rgba(_TURNS[turn]) for turn in (BUYERS_TURN, OUR_TURN, DONE)])[scene.turn[shown]]
        face[scene.column[shown] == WON] = to_rgba(GREEN)
        edge = face.copy()
        edge[scene.column[shown] == SILENT] = to_rgba(GREY)
        return face, edge

    def _legends(self) -> None:
        """What dots and bars mean, in a row each."""
        dots = [(BLUE, BLUE, "buyers_turn"), (VERMILION, VERMILION, "our_turn"), (PALE, GREY, "silent"),
                (GREEN, GREEN, "won")]
        handles: list[Any] = [
            Line2D([], [], linestyle="none", marker="o", markersize=9, markerfacecolor=face, markeredgecolor=edge,
                   label=say(f"animation.legend.{key}")) for face, edge, key in dots]
        bars: list[Any] = [
            Patch(facecolor=COLOURS[use], edgecolor=GREY, linewidth=0.5,
                  label=inside(say(f"names.manager_uses.{use}"))) for use in CATEGORIES]
        bars += self._more_legend()
        for entries, height in ((handles, 0.44), (bars, 0.125)):
            if direction() == "rtl":
                entries = entries[::-1]
            self.figure.legend(handles=entries, ncols=len(entries), loc="center", bbox_to_anchor=(0.5, height),
                               frameon=False, fontsize=TEXT, handlelength=1.0, handleheight=1.0, columnspacing=0.9,
                               handletextpad=0.4)

    def _more_legend(self) -> list[Any]:
        """What else the calendar shows."""
        return []


class WeekPicture(Picture):
    """A week: the manager's five days fill, and what was cancelled is counted beside each."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        diary = self.run.diary(self.team, self.week)
        self._tasks = list(diary[diary["use"] != CANCELLED][["begin", "end", "use"]].itertuples(index=False))
        self._cancelled = sessions_cancelled(diary)[["day", "end"]].to_numpy(float)
        rows = self.run.managers().set_index(["team", "week"])
        self._planned = float(rows["planned_coaching_hours"][(self.team, self.week)])
        ax = self.calendar
        ax.set_xlim(0.0, HOURS_PER_DAY)
        ax.set_ylim(DAYS_PER_WEEK - 0.5, -0.5)
        ax.set_yticks(range(DAYS_PER_WEEK), day_names())
        at_right = direction() == "rtl"
        if at_right:
            ax.yaxis.tick_right()
        self._counts = [ax.annotate("", (0.0 if at_right else 1.0, day), (-6 if at_right else 6, 0),
                                    xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
                                    ha="right" if at_right else "left", fontsize=TEXT, color=VERMILION,
                                    annotation_clip=False) for day in range(DAYS_PER_WEEK)]
        local_ticks(ax)
        self._drawn: dict[tuple[int, int], Rectangle] = {}

    def _draw_calendar(self, scene: Scene) -> None:
        now = scene.hours - self.week * HOURS_PER_WEEK
        for place, (begin, end, use) in enumerate(self._tasks):
            if begin >= now:
                break
            for day, hour, hours in pieces(float(begin), min(float(end), now)):
                bar = self._drawn.get((place, day))
                if bar is None:
                    (bar,) = self.calendar.barh(day, 0.0, height=0.8, left=hour,
                                                color=COLOURS[use], edgecolor=GREY, linewidth=0.5)
                    self._drawn[place, day] = bar
                bar.set_width(hours)
        days = self._cancelled_by(now)
        for day, note in enumerate(self._counts):
            count = int(np.count_nonzero(days == day))
            note.set_text(say("animation.cancelled", count=count) if count else "")

    def _headline(self, scene: Scene) -> str:
        now = scene.hours - self.week * HOURS_PER_WEEK
        coached = sum(min(float(end), now) - float(begin) for begin, end, use in self._tasks
                      if use == "coaching" and begin < now)
        day = day_of(now)
        return say("animation.week", week=self.week, day=day_names()[day],
                   hour=number(now - day * HOURS_PER_DAY, 0.5), coached=number(coached, 0.5),
                   planned=number(self._planned, 0.5), cancelled=counted("session", len(self._cancelled_by(now))))

    def _cancelled_by(self, now: float) -> np.ndarray:
        """The days on which sessions were cancelled until an hour of the week."""
        days, hours = self._cancelled.T
        return np.asarray(days[hours <= now])


class YearPicture(Picture):
    """A year: a bar of hours for each week of the manager, and the coaching that had been planned."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        rows = self.run.managers()
        rows = rows[(rows["team"] == self.team) & rows["week"].between(self.week, self.week + WEEKS_PER_YEAR - 1)]
        self._hours = np.column_stack([rows[f"{use}_hours"] for use in CATEGORIES])
        self._planned = rows["planned_coaching_hours"].to_numpy(float)
        self._seen = 0
        ax = self.calendar
        ax.set_xlim(self.week - 0.7, self.week + WEEKS_PER_YEAR - 0.3)
        ax.set_ylim(0.0, HOURS_PER_WEEK)
        ax.set_yticks((0.0, HOURS_PER_WEEK / 2.0, HOURS_PER_WEEK))
        ax.set_ylabel(say("words.hours"), fontsize=TEXT)
        local_ticks(ax)

    def _more_legend(self) -> list[Any]:
        return [Line2D([], [], color="black", linewidth=2.5, label=say("animation.legend.planned"))]

    def _draw_calendar(self, scene: Scene) -> None:
        now = int(scene.hours // HOURS_PER_WEEK) - self.week
        for place in range(self._seen, now):
            bottom = 0.0
            for use, hours in zip(CATEGORIES, self._hours[place], strict=True):
                self.calendar.bar(self.week + place, hours, width=0.9, bottom=bottom, color=COLOURS[use])
                bottom += float(hours)
            planned = self._planned[place]
            self.calendar.plot([self.week + place - 0.45, self.week + place + 0.45], [planned, planned],
                               color="black", linewidth=2.5, solid_capstyle="butt")
        self._seen = now

    def _headline(self, scene: Scene) -> str:
        now = max(int(scene.hours // HOURS_PER_WEEK) - self.week, 0)
        factor, unit = scale("$", 1e6)
        won = scene.column == WON
        value = say("words.quantity", number=number(factor * float(self._value[won].sum()), 1.0), unit=unit)
        week = self.week + max(now - 1, 0)
        if not now:
            return say("animation.year_begins", week=week)
        return say("animation.year", week=week, coached=number(float(self._hours[:now, 0].mean()), 0.5),
                   planned=number(float(self._planned[:now].mean()), 0.5), won=counted("deal", int(won.sum())),
                   value=value)
