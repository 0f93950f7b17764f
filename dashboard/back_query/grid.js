// The units of a layer in rows, each a button with a picture of its weights: by mouse, by finger, and by the arrow keys.
import { drawWeights, themeColours, weightCanvas } from "../look/weights.js";

const EDGE = 56; // pixels of the page that a picture has at most: it is drawn by whole multiples

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".grid");
  root.grid ??= new Grid(root);
  root.grid.update(data, (unit) => setTriggerValue("click", unit));
}

class Grid {
  constructor(root) {
    this.root = root;
    this.buttons = [];
    root.addEventListener("keydown", (event) => this.move(event));
  }

  // What the server says: see `grid.py`.
  update(data, told) {
    this.told = told;
    this.root.setAttribute("aria-label", data.label);
    this.root.dataset.brief = data.brief;
    if (this.version !== data.version) this.build(data);
    const units = data.rows.flatMap((row) => row.units);
    units.forEach((unit, at) => {
      this.buttons[at].setAttribute("aria-label", unit.label);
      this.buttons[at].setAttribute("aria-pressed", String(unit.pressed));
      this.buttons[at].dataset.off = unit.off;
    });
    this.colour();
    if (!this.buttons.some(({ tabIndex }) => tabIndex === 0)) this.reach(this.buttons[Math.max(0, units.findIndex((each) => each.pressed))]);
  }

  build({ rows, pictures, shape: [height, width], version }) {
    this.version = version;
    this.values = Int8Array.from(atob(pictures), (letter) => letter.charCodeAt(0));
    this.size = height * width;
    this.width = width;
    this.times = Math.max(Math.floor(EDGE / width), 1);
    this.buttons = [];
    this.root.replaceChildren(...rows.map(({ name, units: inRow }) => {
      const row = document.createElement("div"), title = document.createElement("b"), list = document.createElement("div");
      title.textContent = name;
      list.append(...inRow.map(({ id }) => this.button(id, height, width)));
      row.append(title, list);
      return row;
    }));
  }

  button(id, height, width) {
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = -1;
    button.append(weightCanvas(height, width, this.times));
    button.onclick = () => {
      this.reach(button);
      this.told(id);
    };
    this.buttons.push(button);
    return button;
  }

  // Drawn anew where the theme has changed as well.
  colour() {
    const colours = themeColours(this.root), drawn = `${this.version} ${colours.join()}`;
    if (this.drawn === drawn) return;
    this.drawn = drawn;
    this.buttons.forEach((button, at) =>
      drawWeights(button.firstChild, this.values.subarray(at * this.size, (at + 1) * this.size), this.width, this.times, colours));
  }

  // One button is reached by Tab, the others from there by the arrows.
  reach(button) {
    if (!button) return;
    for (const each of this.buttons) each.tabIndex = each === button ? 0 : -1;
  }

  move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key], line = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const here = event.target.closest("button");
    if (!here || !(step || line)) return;
    event.preventDefault();
    const seen = this.buttons.filter(({ offsetParent }) => offsetParent);
    const next = step ? seen[seen.indexOf(here) + step] : nearest(here, seen, line);
    if (!next) return;
    this.reach(next);
    next.focus();
  }
}

// Of the buttons in the next line above or below, the one that is least far to the side.
function nearest(here, seen, line) {
  const from = here.getBoundingClientRect();
  const boxes = seen.map((button) => [button, button.getBoundingClientRect()]);
  const ahead = boxes.filter(([, box]) => (box.top - from.top) * line > 1);
  const top = Math.min(...ahead.map(([, box]) => (box.top - from.top) * line));
  const inLine = ahead.filter(([, box]) => (box.top - from.top) * line < top + 2);
  inLine.sort(([, a], [, b]) => Math.abs(a.left - from.left) - Math.abs(b.left - from.left));
  return inLine[0]?.[0];
}
