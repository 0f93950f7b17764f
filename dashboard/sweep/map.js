// The map of a sweep: a table of buttons that keep their places while they are filled anew.
import { element } from "../look/element.js";

const FOR_CELLS = 75; // per cent of the map's width, shared evenly: what a cell says does not move another one
const maps = new WeakMap();

class SweepMap {
  constructor(root) {
    this.root = root;
    this.shape = "";
    root.onkeydown = (event) => this.key(event);
  }

  update(data, tap) {
    this.tap = tap;
    this.root.setAttribute("aria-label", data.label);
    const shape = JSON.stringify([data.corner, data.rows, data.columns]);
    if (shape !== this.shape) this.build(data);
    this.shape = shape;
    data.cells.forEach((row, y) => row.forEach((cell, x) => this.show(this.buttons[y][x], cell, data.chosen)));
  }

  build(data) {
    const heads = data.columns.map((title) => element("th", { scope: "col" }, title));
    this.buttons = data.rows.map(() => data.columns.map(() => {
      const button = element("button", { type: "button" }, element("b"), element("small"));
      button.onclick = () => this.tap(Number(button.dataset.number));
      return button;
    }));
    this.root.replaceChildren(element("table", { class: data.columns.length === 1 ? "single" : "" },
      element("thead", {}, element("tr", {}, element("th", { class: "corner" }, data.corner), ...heads)),
      element("tbody", {}, ...data.rows.map((title, y) => element("tr", {},
        element("th", { scope: "row" }, title), ...this.buttons[y].map((button) => element("td", {}, button)))))));
    const width = data.columns.length > 1 ? `${FOR_CELLS / data.columns.length}%` : "";
    this.root.querySelectorAll("td").forEach((cell) => { cell.style.width = width; });
  }

  show(button, cell, chosen) {
    button.dataset.number = cell.number;
    button.disabled = cell.number < 0;
    button.querySelector("b").textContent = (cell.best ? "★ " : "") + cell.text;
    button.querySelector("small").textContent = cell.small;
    button.style.background = cell.back;
    button.style.color = cell.ink;
    button.setAttribute("aria-label", cell.label);
    button.setAttribute("aria-pressed", String(cell.number === chosen));
  }

  // The arrow keys go from button to button, as Tab does.
  key(event) {
    const { activeElement } = this.root.getRootNode();
    const y = this.buttons.findIndex((row) => row.includes(activeElement));
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (y < 0 || !step) return;
    event.preventDefault();
    const x = this.buttons[y].indexOf(activeElement);
    this.buttons[y + step[0]]?.[x + step[1]]?.focus();
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".map");
  let map = maps.get(root);
  if (!map) maps.set(root, (map = new SweepMap(root)));
  map.update(data, (number) => setTriggerValue("tap", number));
}
