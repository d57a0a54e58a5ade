// A table's page on a phone: its name, its bets, and outcomes once the room has seen them. No text of its own.

import {connection} from "./connection.js";
import {flag, glued, h, languageSwitch, slider, text} from "./parts.js";

let link = null, on = "", first = true;
const send = (message) => link.send(message);

const root = h("main", {class: "table"});
const lost = h("p", {class: "adrift", role: "alert", hidden: ""});
const languages = languageSwitch((value) => send({do: "language", value})), name = h("p", {class: "name"});
const heading = h("h1", {"aria-live": "polite"}), move = h("p", {class: "move"});

const label = h("label", {for: "name"}), hint = h("p", {class: "hint", id: "name-hint"});
const typed = h("input", {id: "name", type: "text", maxlength: "40", autocomplete: "off", dir: "auto", "aria-describedby": "name-hint"});
const refusal = h("p", {class: "refusal", role: "alert"});
const join = h("button", {class: "primary"});
const naming = h("form", {onsubmit: (event) => {
  event.preventDefault();
  send({do: "name", value: typed.value});
}}, label, typed, hint, refusal, join);

const sliders = [slider(null), slider(null)];
const placed = h("p", {class: "placed", role: "status"}), count = h("p", {class: "count"});
const place = h("button", {class: "primary", type: "button", onclick: () => send(
  {do: "bet", on, revenue: sliders[0].value, coaching: sliders[1].value})});
const bet = h("section", {}, ...sliders.map((one) => one.element), place, placed, count);

const outcome = h("ul", {class: "outcome", "aria-live": "polite"}), score = h("p", {class: "score"});
const content = h("div", {class: "content"}, heading, move, naming, bet, outcome, score);
root.append(h("header", {}, name, languages.element), lost, content);

function show(data) {
  const fresh = first || data.on !== on;  // the sliders are set by hand, and by what was bet before
  first = false;
  on = data.on;
  document.documentElement.lang = data.language;
  document.documentElement.dir = data.direction;
  document.title = data.title;
  text(name, data.name || data.title);
  text(heading, data.heading);
  text(move, glued(data.move));
  move.hidden = !data.move;
  languages.show(data.languages);
  Object.assign(document.body.dataset, data.adrift);
  naming.hidden = data.stage !== "name";
  text(label, data.naming.label);
  text(hint, data.naming.hint);
  text(join, data.naming.go);
  text(refusal, data.refusal ?? "");
  typed.setAttribute("aria-invalid", String(Boolean(data.refusal)));
  bet.hidden = data.stage !== "bet";
  sliders.forEach((one, at) => {
    const scale = data.bet.sliders[at], start = at ? 20 : 0;
    one.show({...scale, value: fresh ? scale.value ?? start : null, start}, fresh);
  });
  text(place, data.bet.place);
  text(placed, glued(data.bet.placed));
  text(count, data.bet.count);
  flag(place, "data-placed", Boolean(data.bet.placed));
  outcome.replaceChildren(...data.outcome.filter(Boolean).map((line) => h("li", {}, glued(line))));
  text(score, data.score);
  if (!root.parentNode) document.body.append(root);
}

link = connection({
  heard: show,
  lost(why) {
    const gone = Boolean(why);
    if (gone) text(lost, document.body.dataset[why]);
    lost.hidden = !gone;
    content.inert = gone;
    if (gone && !root.parentNode) document.body.append(root);
  },
});
