// Pieces that the pages share: elements, texts and sliders.

let count = 0;

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function text(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

// A number and its sign of percent stay on one line.
export function glued(words) {
  return words.replaceAll(" %", "\u00a0%").replaceAll(" ٪", "\u00a0٪");
}

export function flag(element, name, on) {
  if (on) element.setAttribute(name, "");
  else element.removeAttribute(name);
}

// A button for each language, named in itself; the one in use is pressed. Made once, so that the focus stays.
export function languageSwitch(choose) {
  const element = h("div", {class: "languages", role: "group"}), made = new Map();
  return {element, show({label, options}) {
    element.setAttribute("aria-label", label);
    for (const one of options) {
      if (!made.has(one.key)) {
        made.set(one.key, h("button", {type: "button", lang: one.key, onclick: () => choose(one.key)}, one.text));
        element.append(made.get(one.key));
      }
      made.get(one.key).setAttribute("aria-pressed", String(one.on));
    }
  }};
}

// A slider over positions that have words of their own. What the server says is older than what people have set
// since, until it has received that (`fresh`).
export function slider(send) {
  const id = `slider-${(count += 1)}`;
  const input = h("input", {type: "range", id, min: 0, step: 1});
  const label = h("label", {for: id});
  const output = h("output", {for: id});
  const mark = h("span", {class: "today", "aria-hidden": "true"});
  const element = h("div", {class: "slider"}, label, output, h("div", {class: "rail"}, mark, input));
  let data = null, known = false, waiting = null, last = null;
  const tell = () => {
    const share = data.positions.length > 1 ? input.value / (data.positions.length - 1) : 0;
    element.style.setProperty("--at", share);
    text(output, data.texts[input.value]);
    input.setAttribute("aria-valuetext", data.texts[input.value]);
  };
  // The first of a row of positions is sent at once, those that it is dragged through a few times a second.
  const sendNow = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      waiting = null;
      if (input.value !== last) sendNow();
      else settle();
    }, 100);
    last = input.value;
    known = false;
    send(data.positions[input.value]);
  };
  const settle = () => {
    if (known && (data.value ?? null) !== null) input.value = last = String(data.positions.indexOf(data.value));
    tell();
  };
  input.addEventListener("input", () => {
    tell();
    if (send && waiting === null) sendNow();
  });
  input.addEventListener("change", () => { if (send && input.value !== last) sendNow(); });
  return {
    element,
    get value() { return data.positions[input.value]; },
    show(now, fresh) {
      const first = data === null;
      data = now;
      text(label, now.label);
      input.max = now.positions.length - 1;
      input.disabled = Boolean(now.disabled);
      if (now.hint) label.title = input.title = now.hint;
      known = Boolean(fresh);
      if (first) input.value = last = String(now.positions.indexOf(now.value ?? now.start));
      else if (waiting === null) settle();
      mark.hidden = now.today === undefined;
      if (now.today !== undefined) {
        mark.style.setProperty("--today", now.positions.indexOf(now.today) / Math.max(1, now.positions.length - 1));
      }
      tell();
    },
  };
}
