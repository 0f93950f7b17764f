// The confusion matrix as a film: one picture after each epoch, played, or moved through by hand or keys.
import { element } from "../look/element.js";
import { Frames } from "../look/frames.js";

const FRAME = 500;  // milliseconds

class Film extends Frames {
  constructor(root) {
    super(root, FRAME);
    const find = (name) => root.querySelector(`.${name}`);
    Object.assign(this, { said: find("said"), table: find("table"), shown: find("shown") });
  }

  // Who stands at its end follows what comes; who has moved away stays where they are.
  update(data) {
    const last = data.moments.length - 1;
    const follows = this.data?.run !== data.run || this.at >= this.data.moments.length - 1 || this.at > last;
    this.data = data;
    if (this.cells?.length !== data.digits) this.build();
    this.time.max = last;
    this.time.setAttribute("aria-label", data.words.time);
    this.time.disabled = this.play.disabled = last < 1;
    this.name();
    this.show(follows && !this.timer ? last : this.at);
  }

  build() {
    const { digits, words } = this.data;
    const names = Array.from({ length: digits }, (_, digit) => String(digit));
    const head = element("tr", {}, element("td"), ...names.map((name) => element("th", { scope: "col" }, name)));
    this.cells = names.map(() => names.map(() => element("td")));
    const rows = this.cells.map((row, digit) => element("tr", {}, element("th", { scope: "row" }, names[digit]), ...row));
    this.table.replaceChildren(element("caption", {}, words.columns), head, ...rows);
    this.root.querySelector(".side").textContent = words.rows;
  }

  show(at) {
    this.at = at;
    const { moments, most, palette, right } = this.data, moment = moments[at];
    if (!moment) return;
    this.cells.forEach((row, digit) => row.forEach((cell, answer) => {
      const count = moment.counts[digit][answer];
      const strength = Math.min(Math.sqrt(count / most), 1);
      const [ground, ink] = digit === answer ? right : palette[Math.round(strength * (palette.length - 1))];
      cell.textContent = count || digit === answer ? String(count) : "";
      cell.style.background = ground;
      cell.style.color = ink;
      cell.className = digit === answer ? "right" : "";
    }));
    this.said.textContent = moment.said;
    this.shown.textContent = moment.name;
    this.time.value = at;
    this.time.setAttribute("aria-valuetext", moment.said);
  }

  get last() {
    return this.data.moments.length - 1;
  }
}

const films = new WeakMap();

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".film");
  let film = films.get(root);
  if (!film) films.set(root, (film = new Film(root)));
  film.update(data);
}
