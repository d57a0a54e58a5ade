// Draws what the server says is to be seen, and tells it what people do. No text and no rule of its own.

import {connection} from "./connection.js";
import {filmOf} from "./film.js";
import {monthsOf} from "./months.js";
import {flag, glued, h, languageSwitch, slider, text} from "./parts.js";
import {roomParts} from "./room.js";

let count = 0;

// As many elements as there are items: made once, updated again and again, so that nothing loses the focus.
function list(parent, make) {
  const made = new Map();
  return (items, fresh) => {
    const keys = new Set(items.map((item) => item.key));
    for (const [key, one] of made) {
      if (!keys.has(key)) { one.element.remove(); made.delete(key); }
    }
    for (const item of items) {
      if (!made.has(item.key)) {
        made.set(item.key, make(item));
        parent.append(made.get(item.key).element);
      }
      made.get(item.key).show(item, fresh);
    }
  };
}

function button(press) {
  const element = h("button", {type: "button", onclick: press});
  return {element, show: (item) => { text(element, item.text); }};
}

function placed(name, at, ...children) {
  const element = h("span", {class: name}, ...children);
  element.style.left = `${at}%`;
  return element;
}

const fallen = new Set();

function marked(bet, falls) {
  const mark = placed(`bet${bet.name.length > 1 ? " several" : ""}${falls ? " falls" : ""}`, bet.at, h("b", {}, bet.name));
  mark.style.setProperty("--lane", bet.lane);
  return mark;
}

function chartRow(row, axis, lanes, pin) {
  const track = h("div", {class: "track", "aria-hidden": "true"},
    ...axis.ticks.map((tick) => placed("grid", tick.at)), placed("zero", axis.zero));
  if (!row.hidden) {
    const bar = placed("interval", row.low);
    bar.style.width = `${Math.max(0.3, row.high - row.low)}%`;
    track.append(bar);
  }
  if (row.planned !== null) track.append(placed("planned", row.planned));
  if (row.today !== null) track.append(placed("before", row.today));
  if (!row.hidden) track.append(placed("mean", row.mean));
  const falls = row.current && !row.hidden && !fallen.has(`${row.number} ${row.label}`);
  for (const bet of row.bets) track.append(marked(bet, falls));
  track.style.setProperty("--lanes", lanes);
  return h("li", {class: `row ${row.tone}${row.current ? " current" : ""}${row.hidden ? " hidden" : ""}`},
    h("p", {}, row.number && pin ? pin(row) : null, h("span", {class: "move"}, row.label), h("span", {class: "value"}, row.value),
      h("span", {class: "unseen"}, row.bets.map((bet) => bet.text).join(". "))),
    track);
}

function chart(data, lanes, pin) {
  return h("figure", {class: `chart ${data.key}`},
    h("figcaption", {}, data.title),
    h("ol", {}, ...data.rows.map((row, place) => chartRow(row, data.axis, lanes[place], pin))),
    h("div", {class: "axis", dir: "ltr", "aria-hidden": "true"},
      ...data.axis.ticks.map((tick) => placed("tick", tick.at, tick.text))));
}

function calendar(week, scene) {
  const days = scene.days.map((name, day) => {
    const column = h("div", {class: "day"});
    for (const [on, top, height, use] of week.blocks) {
      if (on !== day) continue;
      const block = h("span", {class: `block ${use}`});
      block.style.top = `${top}%`;
      block.style.height = `${height}%`;
      block.dataset.use = use;
      block.style.backgroundColor = scene.legend.find((one) => one.use === use).colour;
      column.append(block);
    }
    const stacked = {};
    for (const [on, at] of week.crosses) {
      if (on !== day) continue;
      const place = Math.round(at / 5);
      stacked[place] = (stacked[place] ?? -1) + 1;
      const cross = h("span", {class: "cross"}, "×");
      cross.style.top = `${Math.min(at, 98)}%`;
      cross.style.insetInlineEnd = `${stacked[place] * 11}px`;
      column.append(cross);
    }
    return h("div", {class: "column"}, h("span", {class: "name"}, name), column);
  });
  const planned = h("span", {class: "planned-hours"}), held = h("span", {class: "held-hours"});
  planned.style.width = `${week.planned}%`;
  held.style.width = `${week.held}%`;
  return h("section", {class: "week"}, h("h3", {}, week.name),
    h("p", {}, h("strong", {}, week.hours), h("br"), week.sessions),
    h("div", {class: "hours", "aria-hidden": "true"}, planned, held),
    h("div", {class: "days", "aria-hidden": "true"}, ...days));
}

function field(apply) {
  const id = `field-${(count += 1)}`;
  const input = h("input", {id, type: "text", inputmode: "numeric", autocomplete: "off",
    "aria-describedby": `${id}-hint`, onkeydown: (event) => { if (event.key === "Enter") apply(); }});
  const label = h("label", {for: id}), hint = h("small", {id: `${id}-hint`});
  let shown = null, edited = false;
  input.addEventListener("input", () => { edited = true; });
  return {
    element: h("div", {class: "field"}, label, input, hint),
    get value() {
      edited = false;
      return input.value;
    },
    show(now) {
      text(label, now.label);
      text(hint, now.hint);
      input.setAttribute("aria-invalid", String(now.wrong));
      input.closest(".field").classList.toggle("wrong", now.wrong);
      if (now.value !== shown) {
        shown = now.value;
        if (!edited) input.value = shown;
      }
    },
  };
}

function start() {
  let sent = 0, movedAt = 0, seen = null, made = {};
  const send = (message) => {
    if (!link.send({...message, count: sent + 1})) return;
    sent += 1;
    if (message.do === "lever" || message.do === "preset") {
      movedAt = sent;
      stale(true);
    }
  };
  const root = h("div", {class: "workshop"});
  const room = roomParts(send);

  const title = h("h1"), firmLine = h("p", {class: "firm-line"});
  const effectSizes = h("fieldset", {class: "effect_sizes"}), effectSizesLabel = h("legend");
  effectSizes.append(effectSizesLabel);
  const showEffectSizes = list(effectSizes, (option) => {
    const input = h("input", {type: "radio", name: "effect_sizes", value: option.key,
      onchange: () => send({do: "lever", key: "effect_sizes", value: option.key})});
    const words = h("span");
    const element = h("label", {}, input, words);
    return {element, show: (now, fresh) => {
      if (fresh) input.checked = now.on;
      text(words, now.text);
      element.title = now.hint;
    }};
  });
  const languages = languageSwitch((value) => {
    send({do: "language", value});
    history.replaceState(null, "", location.pathname);  // a reload does not go back to the language of the address
  });
  root.append(h("header", {}, title, firmLine, effectSizes, languages.element));

  const leversHeading = h("h2"), today = h("span"), levers = h("div"), switches = h("div", {class: "switches"});
  const presets = h("div", {class: "presets"});
  const showLevers = list(levers, (lever) => slider((value) => send({do: "lever", key: lever.key, value})));
  const showSwitches = list(switches, (one) => {
    const input = h("input", {type: "checkbox",
      onchange: () => send({do: "lever", key: one.key, value: input.checked})});
    const words = h("span");
    return {element: h("label", {}, input, words), show: (now, fresh) => {
      if (fresh) input.checked = now.on;
      text(words, now.label);
    }};
  });
  const showPresets = list(presets, (one) => button(() => send({do: "preset", key: one.key})));

  const betHeading = h("h2"), betHint = h("p", {class: "hint", role: "status"});
  const betSliders = h("div"), bets = h("ul", {class: "placed"});
  const revenue = slider(null), coaching = slider(null);
  betSliders.append(revenue.element, coaching.element);
  const place = h("button", {type: "button", class: "place",
    onclick: () => send({do: "bet", revenue: revenue.value, coaching: coaching.value})});
  const show = h("button", {type: "button", class: "show", onclick: () => send({do: "show"})});
  const again = h("button", {type: "button", class: "again", onclick: () => send({do: "again"})});
  const bet = h("section", {class: "bet"}, betHeading, betHint, betSliders, bets,
    h("div", {class: "buttons"}, place, show, again));
  const controls = h("aside", {class: "controls"},
    h("div", {class: "heading"}, leversHeading, h("p", {"aria-hidden": "true"}, h("i"), today)), levers, switches, presets, bet, room.nav);

  const tabs = h("nav", {class: "tabs"});
  const showTabs = list(tabs, (tab) => {
    const made = button(() => send({do: "view", value: tab.key}));
    made.element.dataset.view = tab.key;
    const {show: words} = made;
    return {...made, show: (now) => {
      words(now);
      if (now.on) made.element.setAttribute("aria-current", "true");
      else made.element.removeAttribute("aria-current");
    }};
  });
  const finding = h("h2", {class: "finding", "aria-live": "polite"});
  const stage = h("div", {class: "stage"});
  const status = h("p", {class: "status", role: "status"}), bar = h("span", {class: "bar", "aria-hidden": "true"});
  const save = h("button", {type: "button", onclick: () => send({do: "picture"})});
  const take = h("button", {type: "button", onclick: () => send({do: "export"})});
  const saved = h("span", {class: "unseen", role: "status"});
  const main = h("main", {class: "main"}, finding, stage,
    h("div", {class: "below"}, h("div", {class: "progress"}, status, bar), save, take, saved));
  // What is shown is of the levers as they stood: it fades as soon as one moves, until the server has seen that.
  const stale = (now) => main.classList.toggle("stale", now);
  controls.addEventListener("input", ({target}) => { if (!bet.contains(target)) stale(true); });
  const pocket = h("p", {class: "pocket", "aria-hidden": "true"});
  const footer = h("footer"), lost = h("p", {class: "adrift", role: "alert", hidden: ""});
  root.append(lost, room.unsaved, h("div", {class: "columns"}, controls, h("div", {class: "right"}, tabs, main)), footer, pocket);

  const fields = h("div", {class: "fields"}), fieldOf = {};
  const apply = () => send({do: "firm",
    values: Object.fromEntries(Object.entries(fieldOf).map(([key, one]) => [key, one.value]))});
  const showFields = list(fields, (one) => (fieldOf[one.key] = field(apply)));
  const firmNote = h("p"), refusal = h("p", {class: "refusal", role: "alert"});
  const useFirm = h("button", {type: "button", class: "show", onclick: apply});
  const firmForm = h("div", {class: "firm"}, firmNote, fields, refusal, useFirm);

  const anotherWeek = h("button", {type: "button", onclick: () => send({do: "week"})});
  const anotherManager = h("button", {type: "button", onclick: () => send({do: "manager"})});

  function outcome(data) {
    const figures = h("dl", {class: "figures"}, ...data.figures.map((one) => h("div", {class: one.tone},
      h("dt", {}, one.label), h("dd", {}, h("strong", {}, one.value), " ", h("span", {}, one.unit),
        h("small", {}, one.between)))));
    const comments = h("ul", {class: "comments"}, ...data.comments.map((line) => h("li", {}, glued(line))));
    const legend = h("p", {class: "legend", "aria-hidden": "true"},
      ...["interval", "bet", "planned", "today"].map((key) => h("span", {class: key}, h("i"), data.legend[key])));
    const lanes = data.charts[0].rows.map((row) => Math.max(0, ...row.bets.map((bet) => bet.lane)));
    const charts = data.empty ? h("p", {class: "empty"}, data.empty)
      : h("div", {class: `charts rows-${data.charts[0].rows.length}`}, 
        ...data.charts.map((one, place) => chart(one, lanes, place ? null : (row) => room.pin(row, data.pin))));
    const held = document.activeElement?.dataset.pin;
    for (const row of data.charts[0].rows) if (row.current && !row.hidden) fallen.add(`${row.number} ${row.label}`);
    stage.replaceChildren(figures, charts, ...(data.empty ? [] : [legend]), comments);
    if (held) stage.querySelector(`[data-pin="${held}"]`)?.focus();
  }

  function scene(data, seen) {
    if (!data || !data.key || data.key !== seen.scene.key) return stage.replaceChildren();  // the heading says why
    text(finding, glued(data.title));
    if (data.weeks) {
      stage.replaceChildren(h("div", {class: "weeks"}, ...data.weeks.map((week) => calendar(week, data))),
        h("p", {class: "legend uses", "aria-hidden": "true"}, ...data.legend.map((one) => {
          const patch = h("i", {"data-use": one.use});
          patch.style.backgroundColor = one.colour;
          return h("span", {}, patch, one.text);
        }), h("span", {class: "crossed"}, h("i", {}, "×"), data.cancelled)),
        h("div", {class: "note"}, h("p", {}, data.note), anotherManager, anotherWeek));
    } else if (data.film) {
      stage.replaceChildren(filmOf(data.film, data.note, anotherManager));
    } else if (data.image) {
      const lines = data.lines.map((line) => h("li", {}, glued(line)));
      stage.replaceChildren(h("ul", {class: "comments"}, ...lines), h("p", {class: "note"}, data.note), h("img", data.image));
    } else {
      stage.replaceChildren(h("div", {class: "worlds"},
        h("div", {class: "causes"},
          h("p", {class: "heads"}, ...data.heads.map((head, place) =>
            h("span", {class: place ? "gained" : "lost"}, h("bdi", {}, head)))),
          ...data.bars.map((bar) => h("div", {class: "cause"}, h("p", {}, bar.label),
            h("div", {class: "sides"}, ...["lost", "gained"].map((side) => {
              const length = h("i", {"aria-hidden": "true"});
              length.style.setProperty("--length", bar[side].length / 100);
              return h("span", {class: side}, length, h("small", {dir: "auto"}, bar[side].length ? bar[side].text : ""));
            }))))),
        h("div", {class: "stories"}, h("h3", {}, data.stories_heading || ""),
          h("ul", {}, ...data.stories.map((line) => h("li", {}, line))))), h("p", {class: "note"}, data.note));
    }
  }

  let painted = "", sceneKey = "";
  function paint() {
    const fresh = seen.received >= sent;
    root.lang = document.documentElement.lang = seen.language;
    root.dir = document.documentElement.dir = seen.direction;
    document.title = seen.title;
    languages.show(seen.languages);
    Object.assign(document.body.dataset, seen.adrift);
    text(title, seen.title);
    text(firmLine, seen.firm_line);
    text(effectSizesLabel, seen.effect_sizes.label);
    showEffectSizes(seen.effect_sizes.options.map((one) => ({...one, key: one.value, on: one.value === seen.effect_sizes.value})), fresh);
    text(leversHeading, seen.levers_heading);
    text(today, seen.today);
    controls.setAttribute("aria-label", seen.levers_heading);
    showLevers(seen.levers, fresh);
    showSwitches(seen.switches, fresh);
    showPresets(seen.presets);
    const now = seen.bet;
    bet.classList.toggle("open", now.open);
    text(betHeading, now.heading);
    text(betHint, now.hint);
    revenue.show({...now.sliders[0], start: 0});
    coaching.show({...now.sliders[1], start: 20});
    betSliders.hidden = !now.open;
    text(place, now.place);
    text(show, now.show);
    text(again, now.again);
    place.hidden = show.hidden = !now.open;
    again.hidden = now.open;
    flag(place, "disabled", !now.can_place);
    flag(show, "disabled", !now.can_show);
    place.classList.toggle("primary", now.placed.length === 0);
    bets.replaceChildren(...now.placed.map((line) => h("li", {}, line)));
    tabs.setAttribute("aria-label", seen.tabs_label);
    showTabs(seen.tabs);
    text(status, seen.status.text);
    main.className = `main ${seen.status.kind} tab-${seen.tab}${seen.received < movedAt ? " stale" : ""}`;
    bar.style.setProperty("--share", seen.status.share / 100);
    text(save, seen.actions.save);
    text(take, seen.actions.export);
    flag(save, "disabled", !seen.can_save);
    text(anotherWeek, seen.actions.another_week);
    text(anotherManager, seen.actions.another_manager);
    text(footer, seen.footer);
    room.show(seen.room);
    text(pocket, seen.outcome.pocket || seen.status.text);
    if (seen.tab === "firm") {
      text(finding, seen.firm.heading);
      text(firmNote, seen.firm.note);
      showFields(seen.firm.fields);
      text(refusal, seen.firm.refusal);
      text(useFirm, seen.firm.apply);
      if (firmForm.parentNode !== stage) stage.replaceChildren(firmForm);
      painted = "";
    } else if (seen.tab === "scores") {
      text(finding, seen.room.board.heading);
      room.board(stage, seen.room);
      painted = "";
    } else if (seen.tab === "outcome") {
      text(finding, glued(seen.outcome.title));
      const words = JSON.stringify(seen.outcome);
      if (words !== painted) outcome(seen.outcome);
      painted = words;
    } else if (seen.tab === "months") {
      text(finding, glued(seen.months.title));
      const words = JSON.stringify(seen.months);
      if (words !== painted) stage.replaceChildren(...monthsOf(seen.months));
      painted = words;
    } else {
      text(finding, seen.scene.text);
      const key = `${seen.tab} ${made.key} ${seen.scene.key} ${seen.scene.text}`;
      if (painted !== key) scene(made, seen);
      else if (made.key === seen.scene.key && made.title) text(finding, glued(made.title));
      painted = key;
    }
  }

  function file(message) {
    text(saved, message.said);
    if (!message.name) return;  // it could not be made
    const bytes = Uint8Array.from(atob(message.data), (letter) => letter.charCodeAt(0));
    const url = URL.createObjectURL(new Blob([bytes], {type: message.type}));
    const link = h("a", {href: url, download: message.name});
    root.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }

  const link = connection({
    begun() { sent = movedAt = 0; },  // the server counts the messages of each connection
    heard(news) {
      made = news.scene ?? made;
      seen = news.seen ?? seen;
      if (!seen) return;
      if (!root.parentNode) document.body.append(root);
      paint();
      (news.files ?? []).forEach(file);
    },
    lost(why) {
      const gone = Boolean(why);
      if (gone) text(lost, document.body.dataset[why]);
      lost.hidden = !gone;
      root.querySelector(".columns").inert = gone;
      if (!root.parentNode) document.body.append(root);
    },
  });
}

start();
