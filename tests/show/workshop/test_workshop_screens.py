"""The workshop on the screens it is shown on, for people who read with less than sight; and the film as it plays."""

# ruff: noqa: F811  (a fixture that is imported is named again where it is asked for)

from __future__ import annotations

import pytest
from test_workshop_browser import (  # noqa: F401  (fixtures are found by their names)
    PATIENCE,
    PHONE,
    PROJECTOR,
    address,
    bet,
    browser,
    lever,
    look_at,
    move_coaching,
    quick_address,
    show,
    visit,
    wait_until,
    words,
)

from simlead.model.scenario import Scenario
from simlead.show.workshop.session import VIEWS
from simlead.show.workshop.year import filmed, side_of

pytestmark = pytest.mark.slow

ULTRA_HD, ZOOMED = {"width": 3840, "height": 2160}, {"width": 640, "height": 360}
"""`ZOOMED` is what a page has of 1280 x 720 at 200 %."""

THERE = {"outcome": ".charts", "months": ".months", "week": ".weeks", "film": ".film", "pair": ".worlds"}

CLIPPED = """() => [...document.querySelectorAll(".workshop *")].filter((one) => {
    const words = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const style = getComputedStyle(one);
    if (!words || !one.offsetParent || one.closest(".unseen") || style.textOverflow === "ellipsis") return false;
    const box = one.getBoundingClientRect();
    const over = one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1;
    const beyond = !one.closest("details") && (box.right > innerWidth + 1 || box.left < -1);
    return beyond || (style.overflow !== "visible" && over);
}).map((one) => one.outerHTML.slice(0, 100))"""

AXE = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map((one) => " \
      "[one.impact, one.id, one.nodes.map((node) => node.html.slice(0, 120))])"


@pytest.fixture(scope="module")
def axe():
    base = pytest.importorskip("axe_playwright_python.base", reason="axe-playwright-python is not installed")
    return base.AXE_FILE_PATH.read_text(encoding="utf-8")


def shown(page):
    """A page on which a move was bet on and shown."""
    move_coaching(page)
    page.locator(".place:enabled").wait_for()
    bet(page)
    show(page)
    return page


@pytest.mark.parametrize("language", ["en", "fa"])
def test_no_view_has_a_moderate_finding_of_axe(visit, axe, language):
    page = visit(language=language, at="quick_address")
    found = {}

    def look(state):
        page.locator(".main:not(.stale)").wait_for()
        page.evaluate(axe)
        found[state] = [one for one in page.evaluate(AXE) if one[0] in ("moderate", "serious", "critical")]

    for view in VIEWS:
        look_at(page, view)
        page.wait_for_timeout(200)
        look(f"{view} before")
    look_at(page, "outcome")
    shown(page)
    for view in VIEWS:
        look_at(page, view)
        page.locator(THERE.get(view, ".finding")).wait_for()
        page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
        look(f"{view} after")
    assert {state: said for state, said in found.items() if said} == {}


def test_landmarks_and_the_order_of_the_focus(visit):
    page = visit()
    assert page.evaluate("""() => ["header", "aside", "nav", "main", "footer"].map(
        (name) => document.querySelectorAll(name).length)""") == [1, 1, 1, 1, 1]
    seen = []
    page.reload()  # to begin at the top
    page.locator(".slider").first.wait_for()
    for _ in range(40):
        page.keyboard.press("Tab")
        place = page.evaluate("""() => { const at = document.activeElement;
            return at === document.body ? "" : at.closest("header, aside, nav, main").tagName; }""")
        if not place:
            break
        if not seen or seen[-1] != place:
            seen.append(place)
    assert seen[:3] == ["HEADER", "ASIDE", "NAV"] and len(set(seen)) == len(seen)


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("size", [PROJECTOR, ULTRA_HD, PHONE, ZOOMED],
                         ids=["1280x720", "3840x2160", "phone", "zoom200"])
def test_it_fills_the_screen_and_clips_nothing(visit, size, language):
    page = shown(visit(size, language, at="quick_address"))
    wide = size["width"] >= 1280
    for view, there in THERE.items():
        look_at(page, view)
        page.locator(there).wait_for()
        page.wait_for_timeout(300)
        width, height = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert width <= size["width"], view
        assert page.evaluate(CLIPPED) == [], view
        if wide:
            assert height <= size["height"], view
    if not wide:
        return
    look_at(page, "outcome")
    page.locator(".charts").wait_for()
    # Letters and chart grow with the screen.
    letters, chart = page.evaluate("""() => [parseFloat(getComputedStyle(document.querySelector(".finding")).fontSize),
        document.querySelector(".charts").getBoundingClientRect().height]""")
    assert letters >= 0.03 * size["height"] and chart >= 0.2 * size["height"]


def test_an_interval_that_is_narrower_than_its_dot_still_shows(visit):
    page = shown(visit())
    ends, dot = page.evaluate("""() => {
        const bar = document.querySelector(".row.current .interval");
        bar.style.width = "0.1%";
        return [parseFloat(getComputedStyle(bar, "::before").height),
                document.querySelector(".row.current .mean").getBoundingClientRect().height];
    }""")
    assert ends > 1.4 * dot


def test_what_is_shown_fades_in_the_moment_a_lever_moves(visit):
    """Before the server can have answered: in the same turn of the page."""
    page = shown(visit())
    assert not page.evaluate("document.querySelector('.main').classList.contains('stale')")
    assert page.evaluate("""() => {
        const input = document.querySelector(".controls > div .slider input");
        input.value = Number(input.value) + 1;
        input.dispatchEvent(new Event("input", {bubbles: true}));
        const main = document.querySelector(".main"), {opacity} = getComputedStyle(main.querySelector(".stage"));
        return main.classList.contains("stale") && parseFloat(opacity) < 0.5;
    }""")
    wait_until(page, lambda: not page.evaluate("document.querySelector('.main').classList.contains('stale')"))
    assert lever(page, 0).get_attribute("aria-valuetext") == "55 %"


# --- the film


def hour(page):
    return float(page.locator(".film").get_attribute("data-hour"))


def filmed_page(page):
    look_at(shown(page), "film")
    page.locator(".film canvas").first.wait_for()
    return page


def test_the_film_plays_holds_and_can_be_scrubbed(visit):
    page = filmed_page(visit())
    assert hour(page) == 0.0 and page.locator(".film").get_attribute("data-playing") == "false"
    page.locator(".film .play").click()
    wait_until(page, lambda: hour(page) > 20.0)
    page.locator(".film-controls input").focus()
    page.keyboard.press("Space")
    held = hour(page)
    page.wait_for_timeout(600)
    assert hour(page) == held > 0.0
    for key, expected in (("Home", 0.0), ("ArrowRight", 40.0), ("PageUp", 560.0), ("ArrowLeft", 520.0),
                          ("End", 2080.0)):
        page.keyboard.press(key)
        assert hour(page) == expected
    assert page.locator(".film-controls input").get_attribute("aria-valuetext") == "The year is over: 52 weeks"
    page.locator(".film-controls input").fill("10400")
    assert hour(page) == 1040.0 and words(page, ".film .clock") == "Week 27 of 52"
    assert words(page, ".film .quarter").startswith("Quarter 2: ")


def test_the_counts_on_the_page_are_those_of_the_tables(visit):
    page = filmed_page(visit())
    base = Scenario()
    runs = [filmed(scenario, 0) for scenario in (base, base.change({"policy.coaching_share": 0.5}))]
    sides = [side_of(run, 0, 104, 52) for run in runs]
    page.locator(".film-controls input").focus()
    for week in (0, 13, 40):
        page.keyboard.press("Home")
        for _ in range(week):
            page.keyboard.press("ArrowRight")
        for place, side in enumerate(sides):
            columns = side.pipeline.column((104 + week) * 40.0)
            seen = page.locator(".film-side").nth(place).locator(".stages b").all_inner_texts()
            assert [int(text) for text in seen] == [int((columns == column).sum()) for column in range(4)]


def test_with_less_motion_the_film_goes_week_by_week(visit):
    page = visit()
    page.emulate_media(reduced_motion="reduce")
    filmed_page(page)
    page.locator(".film-controls select").select_option(index=2)
    page.locator(".film .play").click()
    seen = set()

    def far():
        seen.add(hour(page))
        return hour(page) > 200.0

    wait_until(page, far)
    assert all(at % 40.0 == 0.0 for at in seen)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_time_runs_from_left_to_right_in_both_languages(visit, language):
    page = filmed_page(visit(language=language))
    first, last = (page.locator(".film-side").first.locator(".stages li").nth(at).bounding_box()["x"] for at in (0, 3))
    assert first < last
    track = page.locator(".film-controls input").bounding_box()
    page.mouse.click(track["x"] + 0.75 * track["width"], track["y"] + track["height"] / 2)
    assert 0.65 < hour(page) / 2080.0 < 0.85
    look_at(page, "months")
    page.locator(".months").wait_for(timeout=PATIENCE)
    ticks = page.evaluate("""() => [...document.querySelectorAll(".monthly.revenue .tick")].map(
        (one) => one.getBoundingClientRect().x)""")
    assert len(ticks) == 7 and ticks == sorted(ticks)
    look_at(page, "week")
    page.locator(".weeks").wait_for()
    days = [page.locator(".days").first.locator(".column").nth(at).bounding_box()["x"] for at in (0, 4)]
    assert days[0] < days[1]
