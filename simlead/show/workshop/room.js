// The room's part of the facilitator's page: rounds, how to join, the tables and the scoreboard.

import {flag, h, text} from "./parts.js";

const PIN = "M9 1h6l-1 8 4 4v2h-5l-1 8-1-8H6v-2l4-4z";

function picture(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export function roomParts(send) {
  const where = h("span", {class: "where", role: "status"});
  const press = (key) => send(key === "undo" ? {do: "undo"} : {do: "round", to: key});
  const buttons = Object.fromEntries(["undo", "back", "next"].map((key) =>
    [key, h("button", {type: "button", class: key, onclick: () => press(key)})]));
  const nav = h("div", {class: "rounds"}, buttons.back, where, buttons.next, buttons.undo);
  const unsaved = h("p", {class: "adrift", role: "alert", hidden: ""});
  let painted = "";

  function asking(words, question, message) {
    return h("button", {type: "button", onclick: () => { if (confirm(question)) send(message); }}, words);
  }

  function tables(data) {
    return h("ul", {class: "tables"}, ...data.tables.map((table) => h("li", {class: table.here ? "here" : "away"},
      h("b", {}, table.short), h("bdi", {}, table.name), h("span", {}, table.bet ? "✓" : table.said),
      h("details", {}, h("summary", {"aria-label": `${data.remove}, ${data.free}: ${table.name}`}, "⋯"),
        asking(data.free, data.ask.free, {do: "free", name: table.name}),
        asking(data.remove, data.ask.remove, {do: "remove", name: table.name})))));
  }

  function join(data) {
    const cut = data.address.indexOf("/r/");
    return h("section", {class: "join"}, h("img", {src: data.qr, alt: data.picture}),
      h("div", {}, h("h3", {}, data.heading),
        h("p", {class: "address", dir: "ltr"}, data.address.slice(0, cut), h("wbr"), data.address.slice(cut)),
        h("p", {}, data.note)));
  }

  function cell(one) {
    const marks = one.held.map((held) => h("i", {class: held ? "held" : "off"}));
    return h("td", {title: one.said}, h("span", {class: "points"}, one.text), " ", h("span", {class: "marks", "aria-hidden": "true"}, ...marks),
      one.said ? h("span", {class: "unseen"}, one.said) : null);
  }

  function scores(data) {
    if (data.empty) return h("p", {class: "empty"}, data.empty);
    const heads = data.rounds.map((one) => h("th", {scope: "col", title: one.move, class: one.growing ? "growing" : ""},
      one.text, one.growing ? "…" : ""));
    const rows = data.lines.map((line) => h("tr", {}, h("td", {class: "rank"}, line.rank),
      h("th", {scope: "row"}, h("b", {}, line.short), h("bdi", {}, line.name.length > 1 ? line.name : "")),
      ...line.cells.map(cell),
      h("td", {class: "total"}, line.total)));
    return h("div", {class: "scores"},
      h("table", {}, h("thead", {}, h("tr", {}, h("th", {scope: "col"}, h("span", {class: "unseen"}, data.rank)), h("th", {scope: "col"}, data.table), ...heads,
        h("th", {scope: "col"}, data.total))), h("tbody", {}, ...rows)),
      h("p", {class: "growing"}, data.growing));
  }

  return {
    nav, unsaved,
    show(data) {
      text(where, data.where);
      for (const one of data.nav) {
        text(buttons[one.key], one.text);
        flag(buttons[one.key], "disabled", !one.can);
      }
      text(unsaved, data.unsaved);
      unsaved.hidden = !data.unsaved;
    },
    board(stage, data) {
      const words = JSON.stringify([data.join, data.board]);
      if (words === painted && stage.querySelector(".room")) return;
      painted = words;
      const legend = h("p", {class: "held-legend"}, h("i", {class: "held"}), data.board.held, h("i", {class: "off"}), data.board.off);
      const {join: way, board} = data;
      const people = !way ? null : board.empty ? tables(way)
        : h("details", {class: "people"}, h("summary", {}, way.people), tables(way));
      stage.replaceChildren(h("div", {class: `room${way ? " open" : ""}${board.empty ? " first" : ""}`},
        way ? join(way) : null,
        h("section", {class: "board"}, h("p", {class: "rule"}, board.rule), board.empty ? people : null, scores(board),
          h("div", {class: "under"}, board.empty ? null : legend, board.empty ? null : people,
            asking(data.anew.text, data.anew.ask, {do: "anew"})))));
    },
    pin(row, words) {
      const name = row.pinned ? words.unpin : words.pin;
      return h("button", {type: "button", class: "pin", "data-pin": row.number, "aria-pressed": String(row.pinned),
        "aria-label": `${name}: ${row.label}`, title: name, onclick: () => send({do: "pin", number: row.number})}, picture(PIN));
    },
  };
}
