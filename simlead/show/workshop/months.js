// Draws both policies month by month as the server placed them: bands, means, and the month of payback.
import {h} from "./parts.js";

const SVG = "http://www.w3.org/2000/svg";

function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function put(name, at, ...children) {
  const element = h("span", {class: name}, ...children);
  element.style.left = `${at}%`;
  return element;
}

// Places without a value break a line; a band closes over them.
function line(at, values) {
  let pen = "M", path = "";
  values.forEach((value, place) => {
    if (value === null) pen = "M";
    else {
      path += `${pen}${at[place]} ${100 - value}`;
      pen = "L";
    }
  });
  return path;
}

function band(at, {low, high}) {
  const known = at.map((_, place) => place).filter((place) => low[place] !== null && high[place] !== null);
  const there = known.map((place) => `${at[place]} ${100 - high[place]}`);
  const back = known.reverse().map((place) => `${at[place]} ${100 - low[place]}`);
  return there.length ? `M${[...there, ...back].join("L")}Z` : "";
}

function chart(one, data) {
  const drawing = svg("svg", {viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true"},
    ...one.ticks.map((tick) => svg("path", {class: "grid-line", d: `M0 ${100 - tick.at}H100`})),
    ...(one.zero === null ? [] : [svg("path", {class: "zero-line", d: `M0 ${100 - one.zero}H100`})]),
    ...["before", "after"].flatMap((side) => [
      svg("path", {class: `band ${side}`, d: band(data.at, one[side])}),
      svg("path", {class: `mean ${side}`, d: line(data.at, one[side].mean)})]),
    ...(data.payback ? [svg("path", {class: "back-line", d: `M${data.payback.at} 0V100`})] : []));
  const scale = h("div", {class: "scale", "aria-hidden": "true"}, ...one.ticks.map((tick) => {
    const mark = h("span", {}, tick.text);
    mark.style.bottom = `${tick.at}%`;
    return mark;
  }));
  const plot = h("div", {class: "plot"}, drawing);
  if (data.payback && one.key === "profit") {
    const bar = put("back-bar", data.payback.low);
    bar.style.width = `${data.payback.high - data.payback.low}%`;
    plot.append(bar, put("back-mark", data.payback.at));
    const label = put(`back-text${data.payback.at > 60 ? " before" : ""}`, data.payback.at, data.payback.text);
    label.dir = "auto";
    plot.append(label);
  }
  return h("figure", {class: `monthly ${one.key}`}, h("figcaption", {}, one.title),
    h("div", {class: "plot-row", dir: "ltr"}, scale, plot,
      h("div", {class: "clear-row", "aria-hidden": "true"}, ...one.clear.map((month) => put("clear", data.at[month]))),
      h("div", {class: "axis", "aria-hidden": "true"}, ...data.ticks.map((tick) => put("tick", tick.at, tick.text)))),
    h("p", {class: "said"}, one.said));
}

export function monthsOf(data) {
  if (!data.charts.length) return [];
  return [h("div", {class: "months"}, ...data.charts.map((one) => chart(one, data))),
    h("p", {class: "legend months-legend", "aria-hidden": "true"},
      ...["before", "after", "clear", ...(data.payback ? ["payback"] : [])].map((key) =>
        h("span", {class: `month-${key}`}, h("i"), data.legend[key])), h("span", {}, data.axis)),
    h("p", {class: "note"}, data.note)];
}
