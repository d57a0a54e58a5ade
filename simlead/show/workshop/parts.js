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

export function flag(element, name, on) {
  if (on) element.setAttribute(name, "");
  else element.removeAttribute(name);
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
  let told = null, waiting = null;
  const tell = () => {
    const share = told.positions.length > 1 ? input.value / (told.positions.length - 1) : 0;
    element.style.setProperty("--at", share);
    text(output, told.texts[input.value]);
    input.setAttribute("aria-valuetext", told.texts[input.value]);
  };
  const sendNow = () => {
    clearTimeout(waiting);
    waiting = null;
    if (send) send(told.positions[input.value]);
  };
  input.addEventListener("input", () => {
    tell();
    if (send && waiting === null) waiting = setTimeout(sendNow, 140);
  });
  input.addEventListener("change", sendNow);
  return {
    element,
    get value() { return told.positions[input.value]; },
    show(now, fresh) {
      const first = told === null;
      told = now;
      text(label, now.label);
      input.max = now.positions.length - 1;
      input.disabled = Boolean(now.disabled);
      if (now.hint) label.title = input.title = now.hint;
      const value = now.value ?? (first ? now.start : null);
      if (value !== null && value !== undefined && (first || (fresh && waiting === null))) {
        input.value = now.positions.indexOf(value);
      }
      mark.hidden = now.today === undefined;
      if (now.today !== undefined) {
        mark.style.setProperty("--today", now.positions.indexOf(now.today) / Math.max(1, now.positions.length - 1));
      }
      tell();
    },
  };
}
