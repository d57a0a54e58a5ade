// Plays the film of a year that the server sent: two pipelines with the same buyers, and each manager's hours.
// What is seen is a function of the film's hour alone, so that it can be played, held and scrubbed.
import {h, text} from "./parts.js";

const WON = 4, LOST = 5, AWAY = 6, STAGES = 4;
const TRANSIT_SECONDS = 0.45;  // how long a dot is on its way between two columns
const TAU = 2 * Math.PI;

// When each deal comes where, and the place that it keeps there: the lowest free one of the column.
function tracks(moves) {
  const events = [];
  const found = moves.map(([deal, ...path]) => {
    const track = {deal, path: []};
    for (let at = 0; at < path.length; at += 2) {
      const step = {hour: path[at], column: path[at + 1], slot: 0};
      events.push([step, track.path[track.path.length - 1] ?? null]);
      track.path.push(step);
    }
    return track;
  });
  const taken = Array.from({length: STAGES}, () => []), most = new Array(STAGES).fill(1), now = new Array(STAGES).fill(0);
  events.sort((one, other) => one[0].hour - other[0].hour);
  for (const [step, before] of events) {
    if (before && before.column < STAGES) {
      taken[before.column][before.slot] = false;
      now[before.column] -= 1;
    }
    if (step.column < STAGES) {
      const places = taken[step.column];
      let slot = places.indexOf(false);
      if (slot < 0) slot = places.length;
      places[slot] = true;
      step.slot = slot;
      now[step.column] += 1;
      most[step.column] = Math.max(most[step.column], places.length);
    }
  }
  return {tracks: found, most};
}

function stepAt(path, hour) {
  let at = path.length - 1;
  while (at >= 0 && path[at].hour > hour) at -= 1;
  return at;
}

// The columns' places on a canvas: as wide as their crowds need, with cells of one size.
function grid(width, height, most) {
  const least = 0.15 * most.reduce((sum, one) => sum + one, 0);
  const weights = most.map((one) => Math.max(one, least));
  const all = weights.reduce((sum, one) => sum + one, 0), gap = Math.max(4, width * 0.012);
  let left = 0;
  const columns = weights.map((weight) => {
    const column = {left: left + gap / 2, width: (width * weight) / all - gap};
    left += (width * weight) / all;
    return column;
  });
  let cell = Math.sqrt((width * height) / all);
  const fits = () => columns.every((column, at) =>
    Math.floor(column.width / cell) * Math.floor((height - 4) / cell) >= most[at]);
  while (cell > 2 && !fits()) cell *= 0.97;
  for (const column of columns) column.across = Math.max(1, Math.floor(column.width / cell));
  return {columns, cell, height, width};
}

function placeOf(step, layout) {
  const {columns, cell, width, height} = layout;
  if (step.column === WON) return [width + cell, 0.12 * height];
  if (step.column >= STAGES) return null;
  const column = columns[step.column];
  return [column.left + (step.slot % column.across + 0.5) * cell,
    2 + (Math.floor(step.slot / column.across) + 0.5) * cell];
}

// Hatchings that tell the uses of an hour apart without their colours; the style sheet has the same ones.
const HATCHINGS = {
  coaching: null, information: null, unallocated: null,
  people: [[0, 3, 6, 3]], customers: [[0, 6, 6, 0]], admin: [[3, 0, 3, 6], [0, 3, 6, 3]], other: [[3, 0, 3, 6]],
};

// How much larger than at 1280 x 720 everything on this screen is.
function scale() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}

function ink(context, use) {
  const lines = HATCHINGS[use.use];
  if (!lines) return use.colour;
  const tile = document.createElement("canvas"), ratio = (window.devicePixelRatio || 1) * scale();
  tile.width = tile.height = Math.round(6 * ratio);
  const pen = tile.getContext("2d");
  pen.scale(tile.width / 6, tile.height / 6);
  pen.fillStyle = use.colour;
  pen.fillRect(0, 0, 6, 6);
  pen.strokeStyle = "rgba(0, 0, 0, 0.6)";
  for (const [fromX, fromY, toX, toY] of lines) {
    pen.beginPath();
    pen.moveTo(fromX, fromY);
    pen.lineTo(toX, toY);
    pen.stroke();
  }
  const pattern = context.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix().scale(1 / (window.devicePixelRatio || 1)));
  return pattern;
}

function fitted(canvas) {
  const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return {context, width, height};
}

function side(data, film, colours) {
  const {tracks: deals, most} = tracks(data.moves);
  const pen = (width) => width * larger;
  let larger = 1;
  const waits = new Map();
  for (let at = 0; at < data.waits.length; at += 3) {
    const [deal, since, until] = data.waits.slice(at, at + 3);
    if (!waits.has(deal)) waits.set(deal, []);
    waits.get(deal).push([since, until]);
  }
  const stages = h("ol", {class: "stages", dir: "ltr"},
    ...film.columns.map((name) => h("li", {}, h("span", {dir: "auto"}, name), " ", h("b"))));
  const pipeline = h("canvas", {"aria-hidden": "true"});
  const week = h("canvas", {class: "manager-hours", "aria-hidden": "true"});
  const won = h("p", {class: "won"}), coached = h("p", {class: "coached"});
  const element = h("section", {class: "film-side"}, h("div", {class: "film-head"}, h("h3", {}, data.name), won), stages,
    h("div", {class: "pipeline"}, pipeline), coached, week);
  let dots = [];

  function drawPipeline(hour, transit, layout, ring) {
    const {context, width, height} = fitted(pipeline);
    layout = layout(width, height);
    const counts = new Array(STAGES).fill(0), radius = layout.cell / 2;
    layout.columns.forEach((column, at) => {
      context.fillStyle = colours.wash;
      context.fillRect(column.left - 2, 0, column.width + 4, height);
      const item = stages.children[at];
      item.style.width = `${(100 * (column.width + 4)) / width}%`;
      item.style.marginLeft = at ? `${(100 * (column.left - layout.columns[at - 1].left - layout.columns[at - 1].width - 4)) / width}%`
        : `${(100 * (column.left - 2)) / width}%`;
    });
    dots = [];
    for (const {deal, path} of deals) {
      const at = stepAt(path, hour);
      if (at < 0) continue;
      const step = path[at], before = path[at - 1], since = hour - step.hour;
      if (step.column < STAGES) counts[step.column] += 1;
      const moving = before && before.column < STAGES && since < transit;
      if (step.column >= STAGES && !moving) continue;
      let [x, y] = placeOf(step, layout) ?? placeOf(before, layout), alpha = 1;
      if (moving) {
        const share = 1 - (1 - since / transit) ** 3, [fromX, fromY] = placeOf(before, layout);
        if (step.column === LOST || step.column === AWAY) {
          y = fromY + share * 2.5 * layout.cell;
          x = fromX;
          alpha = 1 - share;
        } else {
          x = fromX + share * (x - fromX);
          y = fromY + share * (y - fromY);
        }
      }
      const size = radius * Math.min(0.98, Math.max(0.42, 0.62 * Math.sqrt(film.value[deal] / film.median)));
      const waiting = step.column < 3 && (waits.get(deal) ?? []).some(([from, until]) => from <= hour && hour < until);
      dot(context, x, y, size, step.column, waiting, alpha);
      dots.push([x, y, deal]);
      if (deal === ring) {
        context.strokeStyle = colours.ink;
        context.lineWidth = pen(2.5);
        context.beginPath();
        context.arc(x, y, radius + 4, 0, TAU);
        context.stroke();
      }
    }
    counts.forEach((number, at) => text(stages.children[at].querySelector("b"), film.counts[number]));
  }

  function dot(context, x, y, size, column, waiting, alpha) {
    context.globalAlpha = alpha;
    context.beginPath();
    if (column === WON) {
      const wide = 1.5 * size;
      context.moveTo(x, y - wide);
      context.lineTo(x + wide, y);
      context.lineTo(x, y + wide);
      context.lineTo(x - wide, y);
      context.closePath();
      context.fillStyle = colours.green;
      context.fill();
      context.strokeStyle = colours.ink;
      context.lineWidth = pen(1.5);
      context.stroke();
    } else if (column === LOST || column === AWAY) {
      context.moveTo(x - size, y - size);
      context.lineTo(x + size, y + size);
      context.moveTo(x + size, y - size);
      context.lineTo(x - size, y + size);
      context.strokeStyle = colours.ink;
      context.lineWidth = pen(2);
      context.stroke();
    } else {
      context.arc(x, y, waiting ? Math.max(1.5, size - 1.25) : size, 0, TAU);
      if (waiting) {
        context.fillStyle = "#fff";
        context.strokeStyle = colours.vermilion;
        context.lineWidth = pen(2.5);
        context.fill();
        context.stroke();
      } else if (column === 3) {
        context.fillStyle = "#fff";
        context.strokeStyle = colours.grey;
        context.lineWidth = pen(0.9);
        context.fill();
        context.stroke();
      } else {
        context.fillStyle = colours.blue;
        context.fill();
      }
    }
    context.globalAlpha = 1;
  }

  function drawWeek(hour) {
    const {context, width, height} = fitted(week);
    const number = Math.min(film.weeks - 1, Math.floor(hour / film.week));
    const now = Math.min(film.week, hour - number * film.week), done = data.hours[number];
    const inks = film.uses.map((use) => ink(context, use));
    const top = 0.16 * height, bar = 0.3 * height, each_tenth = width / film.week;
    context.fillStyle = colours.wash;
    context.fillRect(0, top, width, bar);
    let held = 0;
    for (let at = 0; at < done.length; at += 3) {
      const [begin, end, use] = [done[at], Math.min(done[at + 1], now), done[at + 2]];
      if (begin >= now) break;
      if (film.uses[use].use === "coaching") held += end - begin;
      context.fillStyle = inks[use];
      context.fillRect(begin * each_tenth, top, (end - begin) * each_tenth, bar);
    }
    context.strokeStyle = colours.grey;
    context.lineWidth = pen(1);
    for (let day = 0; day <= 5; day += 1) {
      const x = Math.min(width - 0.5, Math.max(0.5, (day * width) / 5));
      context.beginPath();
      context.moveTo(x, top);
      context.lineTo(x, top + bar);
      context.stroke();
    }
    context.strokeStyle = colours.lost;
    context.lineWidth = pen(2);
    const arm = Math.max(3, 0.045 * height);
    for (const at of data.lapsed[number]) {
      if (at > now) continue;
      const x = Math.min(width - arm - 1, Math.max(arm + 1, at * each_tenth)), y = top - arm - 1;
      context.beginPath();
      context.moveTo(x - arm, y - arm);
      context.lineTo(x + arm, y + arm);
      context.moveTo(x + arm, y - arm);
      context.lineTo(x - arm, y + arm);
      context.stroke();
    }
    const floor = height - 1, most = Math.max(...film.sides.flatMap((one) => [...one.planned, ...one.held]), 1);
    const tall = (0.46 * height) / most, each = width / film.weeks;
    for (let past = 0; past <= number; past += 1) {
      const hours = past === number && hour < film.end ? held / film.tenths : data.held[past];
      const x = past * each + 0.12 * each, wide = 0.76 * each;
      context.fillStyle = colours.green;
      context.fillRect(x, floor - hours * tall, wide, hours * tall);
      context.strokeStyle = colours.ink;
      context.lineWidth = pen(1);
      context.strokeRect(x, floor - data.planned[past] * tall, wide, data.planned[past] * tall);
    }
    context.fillStyle = colours.grey;
    context.fillRect(0, floor, width, 1);
    text(coached, data.coached[number]);
    text(won, data.won[Math.floor(hour / film.week)]);
  }

  return {
    element, most, pipeline,
    draw(hour, transit, layout, ring) {
      larger = scale();
      drawPipeline(hour, transit, layout, ring);
      drawWeek(hour);
    },
    nearest(x, y) {
      let best = null, least = 14 ** 2;
      for (const [atX, atY, deal] of dots) {
        const far = (atX - x) ** 2 + (atY - y) ** 2;
        if (far < least) [least, best] = [far, deal];
      }
      return best;
    },
  };
}

function swatch(kind, words) {
  return h("span", {class: `film-${kind}`}, h("i", {}), words);
}

let left = {run: "", hour: 0};  // where the last film was left: the same one goes on there in another language

export function filmOf(data, note, more) {
  const film = {...data, tenths: 10, median: median(data.value)};
  const says = film.says, still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const style = getComputedStyle(document.querySelector(".workshop"));
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const colours = {blue: colour("blue"), green: colour("green"), vermilion: colour("vermilion"), grey: colour("grey"),
    ink: colour("ink"), wash: "#f2f2f2", lost: "#8f2f00"};
  const sides = film.sides.map((one) => side(one, film, colours));
  const most = sides[0].most.map((one, at) => Math.max(one, sides[1].most[at]));
  const run = `${data.end} ${data.value}`;
  if (run !== left.run) left = {run, hour: 0};
  let {hour} = left, playing = false, before = null, ring = null, pace = film.paces[1].hours, waiting = 0;
  let sized = "", shared = null;
  const layout = (width, height) => {
    const key = `${width} ${height}`;
    if (key !== sized) [sized, shared] = [key, grid(width, height, most)];
    return shared;
  };

  const play = h("button", {type: "button", class: "play", onclick: () => toggle()});
  const scrub = h("input", {type: "range", min: 0, max: film.end, step: 1, dir: "ltr", "aria-label": says.scrub,
    oninput: () => go(Number(scrub.value))});
  const clock = h("output", {class: "clock"});
  const paces = h("select", {"aria-label": says.pace, onchange: () => { pace = film.paces[paces.selectedIndex].hours; }},
    ...film.paces.map((one, at) => h("option", at === 1 ? {selected: ""} : {}, one.text)));
  const line = h("p", {class: "quarter", role: "status"}, says.keys);
  const table = film.quarters;
  const rows = table.rows.map((row) => h("tr", {}, h("th", {scope: "row"}, row.quarter), h("td", {}, row.name),
    ...row.cells.map((cell) => h("td", {}, cell))));
  const root = h("div", {class: "film", role: "group", "aria-label": table.heading, onkeydown: key},
    h("div", {class: "film-controls"}, play, scrub, clock, paces, more),
    h("div", {class: "film-sides"}, ...sides.map((one) => one.element)),
    h("p", {class: "legend film-legend", "aria-hidden": "true"},
      ...["buyer", "waits", "silent", "won", "lost"].map((kind) => swatch(kind, says[kind])),
      ...film.uses.map((use) => {
        const patch = h("i", {"data-use": use.use});
        patch.style.backgroundColor = use.colour;
        return h("span", {}, patch, use.text);
      }), h("span", {class: "crossed"}, h("i", {}, "×"), says.cancelled), swatch("planned", says.planned)),
    line,
    h("details", {}, h("summary", {}, table.heading),
      h("table", {}, h("thead", {}, h("tr", {}, ...table.columns.map((name) => h("th", {scope: "col"}, name)))),
        h("tbody", {}, ...rows))),
    h("p", {class: "note"}, note));

  function draw() {
    const transit = still.matches ? 0 : TRANSIT_SECONDS * pace * film.tenths;
    // Between two columns a deal is on its way in the film's own time: held, it stays where it is.
    sides.forEach((one) => one.draw(hour, transit, layout, ring));
    const week = Math.min(film.weeks, Math.floor(hour / film.week));
    scrub.value = hour;
    scrub.setAttribute("aria-valuetext", film.clock[week]);
    scrub.style.setProperty("--at", hour / film.end);
    text(clock, film.clock[week]);
    text(play, playing ? says.pause : says.play);
    const over = table.ends.filter((end) => end <= week).length;
    text(line, over ? table.lines[over - 1] : says.keys);
    root.dataset.hour = String(hour / film.tenths);
    left.hour = hour;
    root.dataset.playing = String(playing);
  }

  function go(to) {
    hour = Math.min(film.end, Math.max(0, to));
    if (root.isConnected) draw();
  }

  function toggle() {
    playing = !playing;
    before = null;
    if (playing && hour >= film.end) hour = 0;
    draw();
    if (playing) requestAnimationFrame(tick);
  }

  function tick(now) {
    if (!playing || !root.isConnected) {
      playing = false;
      return;
    }
    const passed = before === null ? 0 : Math.min(0.25, (now - before) / 1000) * pace * film.tenths;
    before = now;
    if (still.matches) {  // a picture a week, nothing in between
      waiting += passed;
      if (waiting >= film.week) {
        waiting -= film.week;
        go((Math.floor(hour / film.week) + 1) * film.week);
      }
    } else {
      hour = Math.min(film.end, hour + passed);
      draw();
    }
    if (hour >= film.end) {
      playing = false;
      draw();
    } else {
      requestAnimationFrame(tick);
    }
  }

  function key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target === paces) return;
    if (event.key === " " && !["BUTTON", "SUMMARY"].includes(event.target.tagName)) toggle();
    else if (event.target.tagName === "SUMMARY") return;
    else if (event.key === "ArrowRight" || event.key === "ArrowUp") go(hour + film.week);
    else if (event.key === "ArrowLeft" || event.key === "ArrowDown") go(hour - film.week);
    else if (event.key === "PageUp") go(hour + 13 * film.week);
    else if (event.key === "PageDown") go(hour - 13 * film.week);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(film.end);
    else return;
    event.preventDefault();
  }

  sides.forEach((one) => {
    one.pipeline.addEventListener("pointermove", (event) => {
      ring = one.nearest(event.offsetX, event.offsetY);
      if (!playing) draw();
    });
    one.pipeline.addEventListener("pointerleave", () => {
      ring = null;
      if (!playing) draw();
    });
  });
  const watched = new ResizeObserver(() => { if (root.isConnected) draw(); else watched.disconnect(); });
  sides.forEach((one) => watched.observe(one.pipeline));
  return root;
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] || 1;
}
