// A grid of buttons, one of which is reached by Tab and the others by the arrow keys (the WAI-ARIA grid pattern).
import { element } from "../look/element.js";

const grids = new WeakMap();

class Matrix {
  constructor(root) {
    this.root = root;
    this.grid = root.querySelector(".grid");
    this.here = [0, 0];
    this.grid.onkeydown = (event) => this.key(event);
    this.grid.onfocusin = (event) => {
      const place = event.target.dataset?.place;
      if (place) this.stand(JSON.parse(place));
    };
  }

  update(data, tap) {
    this.data = data;
    this.tap = tap;
    if (data.chosen) this.here = data.chosen;
    this.root.querySelector(".columns").replaceChildren(element("span", {}, data.column_title));
    this.root.querySelector(".side").replaceChildren(element("span", {}, data.row_title));
    this.grid.setAttribute("aria-label", data.label);
    if (this.buttons?.length !== data.rows.length) this.build(data);
    data.rows.forEach((row, y) => row.forEach((cell, x) => this.show(this.buttons[y][x], cell, y, x)));
    this.stand(this.here);
  }

  build(data) {
    const digits = data.rows.map((_, digit) => String(digit));
    const heads = digits.map((digit, x) =>
      element("span", { role: "columnheader", "aria-label": data.column_labels[x] }, digit));
    this.buttons = data.rows.map((row, y) => row.map((_, x) => {
      const button = element("button", { type: "button" });
      button.dataset.place = JSON.stringify([y, x]);
      button.onclick = () => this.tap([y, x]);
      return button;
    }));
    this.grid.replaceChildren(
      element("div", { role: "row" }, element("span", { role: "columnheader", "aria-label": data.row_title }), ...heads),
      ...this.buttons.map((row, y) => element("div", { role: "row" },
        element("span", { role: "rowheader", "aria-label": data.row_labels[y] }, digits[y]),
        ...row.map((button) => element("div", { role: "gridcell" }, button)))));
  }

  show(button, cell, y, x) {
    button.textContent = cell.text;
    button.className = cell.right ? "right" : "";
    button.style.background = cell.back;
    button.style.color = cell.ink;
    button.setAttribute("aria-label", cell.label);
    button.setAttribute("aria-pressed", String(this.data.chosen?.[0] === y && this.data.chosen?.[1] === x));
  }

  // Where Tab comes to.
  stand(place) {
    this.here = place;
    this.buttons.forEach((row, y) => row.forEach((button, x) => {
      button.tabIndex = y === place[0] && x === place[1] ? 0 : -1;
    }));
  }

  key(event) {
    const last = this.buttons.length - 1;
    const [y, x] = this.here;
    const there = {
      ArrowUp: [y - 1, x], ArrowDown: [y + 1, x], ArrowLeft: [y, x - 1], ArrowRight: [y, x + 1],
      Home: [event.ctrlKey ? 0 : y, 0], End: [event.ctrlKey ? last : y, last], PageUp: [0, x], PageDown: [last, x],
    }[event.key];
    if (!there) return;
    event.preventDefault();
    this.stand(there.map((step) => Math.min(Math.max(step, 0), last)));
    this.buttons[this.here[0]][this.here[1]].focus();
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  let matrix = grids.get(parentElement);
  if (!matrix) grids.set(parentElement, (matrix = new Matrix(parentElement)));
  matrix.update(data, (cell) => setTriggerValue("tap", cell));
}
