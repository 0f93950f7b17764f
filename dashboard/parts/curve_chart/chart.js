// Curves on two axes: drawn in place as points come, pointed at, and drawn nearer by a hand or by keys.
import { shareOf, ticks, valueAt } from "./axes.js";
import { extent, upTo } from "./curves.js";
import { DRAGGED, Hand } from "./hand.js";

const HEIGHT = 248;
const LEFT = 52, RIGHT = 16, TOP = 14, BOTTOM = 44;  // of the plot, for the numbers beside it
const CLOSEST = 1 / 200;  // of the whole, that can be drawn as large as the chart
const APART = 22;  // pixels between the middles of two numbers
const SVG = "http://www.w3.org/2000/svg";

function element(name, attributes = {}, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  if (text) made.textContent = text;
  return made;
}

const within = (value, [low, high]) => value >= low && value <= high;

export class Chart {
  constructor(root) {
    this.root = root;
    const find = (name) => root.querySelector(`.${name}`);
    Object.assign(this, { legend: find("legend"), place: find("place"), told: find("told"), near: find("near"), far: find("far") });
    this.svg = root.querySelector("svg");
    this.grid = element("g", { class: "grid" });
    this.inside = element("svg", { x: LEFT, y: TOP });
    this.curves = element("g");
    this.here = element("g");
    this.box = element("rect", { class: "box" });
    this.marks = element("g");
    this.ground = element("rect", { class: "ground", width: "100%", height: "100%" });
    this.inside.append(this.ground, this.curves, this.here, this.box);
    this.svg.replaceChildren(this.grid, this.inside, this.marks);
    this.drawn = {}; // what each part was drawn from
    this.shown = null; // the part that was drawn nearer: {x, y}
    this.pointed = null; // the x that is pointed at
    this.near.onclick = () => this.drawNearer(0.5);
    this.far.onclick = () => this.drawNearer(2);
    this.hand = new Hand(this);
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(this.place);
  }

  end() {
    this.watcher.disconnect();
  }

  resize() {
    const width = this.place.clientWidth;
    if (!width || width === this.width) return;
    this.width = width;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    this.svg.setAttribute("height", HEIGHT);
    this.inside.setAttribute("width", this.across = Math.max(width - LEFT - RIGHT, 1));
    this.inside.setAttribute("height", this.high = HEIGHT - TOP - BOTTOM);
    this.draw();
  }

  update(data) {
    if (data.view !== this.data?.view) this.shown = null;
    this.data = data;
    this.root.setAttribute("aria-label", data.label);
    this.near.setAttribute("aria-label", data.words.near);
    this.far.setAttribute("aria-label", data.words.far);
    this.near.title = data.words.near;
    this.far.title = data.words.far;
    this.drawLegend();
    this.resize();
    this.draw();
  }

  drawLegend() {
    if (this.isSame("legend", this.data.series.map(({ name, tone }) => [name, tone]))) return;
    this.legend.replaceChildren(...this.data.series.map(({ name, tone }) => {
      const entry = document.createElement("span");
      entry.className = tone;
      entry.textContent = name;
      return entry;
    }));
  }

  // Whether a part was drawn from just this before: twice a second most of them are.
  isSame(part, about) {
    const now = JSON.stringify(about), same = this.drawn[part] === now;
    this.drawn[part] = now;
    return same;
  }

  get ranges() {
    return this.shown ?? { x: this.data.x.range, y: this.data.y.range };
  }

  left(x) {
    return this.across * shareOf(x, this.ranges.x, false);
  }

  top(y) {
    return this.high * (1 - shareOf(y, this.ranges.y, this.data.y.log));
  }

  number(value, decimals) {
    return value.toFixed(decimals).replace(".", this.data.decimal);
  }

  draw() {
    if (!this.data || !this.width) return;
    this.drawGrid();
    const paths = this.data.series.flatMap((series) => this.pathsOf(series));
    paths.forEach((attributes, at) => {
      const path = this.curves.children[at] ?? this.curves.appendChild(element("path"));
      for (const [name, value] of Object.entries(attributes)) path.setAttribute(name, value);
    });
    while (this.curves.children.length > paths.length) this.curves.lastChild.remove();
    this.drawMarks();
    this.pointAt(this.pointed);
    this.far.disabled = !this.shown;
    this.root.dataset.shown = JSON.stringify(this.ranges);
    this.root.dataset.points = this.data.series.map(({ points }) => points.length).join(" ");
  }

  drawGrid() {
    const { x, y } = this.ranges, foot = TOP + this.high;
    if (this.isSame("grid", [x, y, this.across, this.data.y, this.data.x.title, this.data.decimal])) return;
    const rows = ticks(y, this.data.y.log, 5).flatMap(({ value, decimals }) => {
      const at = TOP + this.top(value);
      const text = this.data.y.text.replace("{y}", this.number(value, decimals));
      return [element("line", { x1: LEFT, x2: LEFT + this.across, y1: at, y2: at }),
        element("text", { x: LEFT - 8, y: at + 4, "text-anchor": "end" }, text)];
    });
    const columns = ticks(x, false, Math.min(8, this.across / 60)).map(({ value, decimals }) =>
      element("text", { x: LEFT + this.left(value), y: foot + 18, "text-anchor": "middle" }, this.number(value, decimals)));
    const title = element("text", { x: LEFT + this.across / 2, y: HEIGHT - 6, "text-anchor": "middle" }, this.data.x.title);
    this.grid.replaceChildren(...rows, ...columns, title);
  }

  // A curve, and where it has few points a diamond at each.
  pathsOf({ points, tone, dots }) {
    const places = points.map(([x, y]) => [this.left(x).toFixed(1), this.top(y).toFixed(1)]);
    const line = places.map((place, at) => `${at ? "L" : "M"}${place.join(" ")}`).join("");
    const diamonds = dots ? places.map(([x, y]) => `M${x - 5} ${y}l5 -5l5 5l-5 5z`).join("") : "";
    return [{ class: `line ${tone}`, d: line }, { class: `dots ${tone}`, d: diamonds }];
  }

  drawMarks() {
    const { x } = this.ranges;
    const deeds = this.data.deeds.filter((deed) => within(deed.x, x)).flatMap((deed) => {
      const at = LEFT + this.left(deed.x);
      return [element("line", { class: "deed", x1: at, x2: at, y1: TOP, y2: TOP + this.high }),
        element("text", { class: "sign", x: at, y: TOP + this.high, "text-anchor": "middle" }, deed.sign)];
    });
    const marks = this.placed().flatMap(({ number, cx, cy }) => [element("circle", { class: "mark", r: 10, cx, cy }),
      element("text", { class: "number", x: cx, y: cy + 4, "text-anchor": "middle" }, number)]);
    this.marks.replaceChildren(...deeds, ...marks);
  }

  // Where the numbers of remarks stand: on the curve, and where there is one already, below it.
  placed() {
    const { x, y } = this.ranges, placed = [];
    for (const mark of this.data.marks) {
      if (!within(mark.x, x) || !within(mark.y, y)) continue;
      const cx = LEFT + this.left(mark.x);
      let cy = TOP + this.top(mark.y);
      const taken = () => placed.some((other) => Math.hypot(other.cx - cx, other.cy - cy) < APART);
      while (taken()) cy += 2;
      placed.push({ number: mark.number, cx, cy });
    }
    return placed;
  }

  // -- pointed at

  // Say what the curves are at an x; null is nowhere.
  pointAt(x) {
    this.pointed = x;
    this.told.hidden = x === null;
    if (x === null) {
      this.here.replaceChildren();
      return;
    }
    const lines = [this.data.words.at.replace("{x}", this.number(x, 2))], dots = [];
    for (const { points, said, decimals, tone } of this.data.series) {
      const point = upTo(points, x);
      if (!point) continue;
      lines.push(said.replace("{y}", this.number(point[1], decimals)));
      dots.push(element("circle", { class: `point ${tone}`, cx: this.left(point[0]), cy: this.top(point[1]), r: 5 }));
    }
    const reach = valueAt(DRAGGED / this.across, this.ranges.x, false) - this.ranges.x[0];
    lines.push(...this.data.deeds.filter((deed) => Math.abs(deed.x - x) <= reach).map(({ said }) => said));
    const at = this.left(x);
    this.here.replaceChildren(element("line", { class: "cursor", x1: at, x2: at, y1: 0, y2: this.high }), ...dots);
    this.told.replaceChildren(...lines.map((text) => {
      const line = document.createElement("div");
      line.textContent = text;
      return line;
    }));
    this.told.classList.toggle("left", at > 0.5 * this.across);
    this.told.style.setProperty("--at", `${LEFT + at}px`);
  }

  // -- drawn nearer

  show(part) {
    this.shown = part;
    this.draw();
  }

  // So many times as much of the epochs as now, around what is pointed at or else at the end of the curve; y as it fits.
  drawNearer(times) {
    const whole = this.data.x.range, [low, high] = this.ranges.x;
    const width = times * (high - low);
    if (width < CLOSEST * (whole[1] - whole[0])) return;
    if (width >= whole[1] - whole[0]) {
      this.show(null);
      return;
    }
    const last = Math.max(low, ...this.data.series.map(({ points }) => points.at(-1)?.[0] ?? low));
    const middle = this.pointed ?? (times < 1 ? Math.min(last, high) : (low + high) / 2);
    const from = Math.min(Math.max(middle - width / 2, whole[0]), Math.max(whole[1] - width, whole[0]));
    const x = [from, Math.min(from + width, whole[1])];
    const fitting = extent(this.data.series, x) ?? this.data.y.range, [foot, top] = this.data.y.range;
    this.show({ x, y: [Math.max(fitting[0], foot), Math.min(fitting[1], top)] });
  }
}
