// What a hand does with the map: points at digits, draws a loop around some, taps among them, or presses keys.
import { ring, simplified } from "./loops.js";

const REACH = 18;  // pixels within which a digit is pointed at
const DRAGGED = 8;  // pixels from which on a press is a drag
const STEP = 3;  // pixels between two corners of what is drawn
const AROUND = 28;  // pixels: what a tap takes with it
const WIDER = 1.5, NARROWEST = 12;  // what a key makes of that, pixels
const MARKED = 6;  // pixels that a mistake may be farther away than another digit, and still be meant

export class Hand {
  constructor(map) {
    this.map = map;
    this.path = null;  // what is being drawn, in pixels of the page
    this.from = null;  // where a finger came down that draws nothing
    this.reach = AROUND;  // pixels: what the keys take with a digit
    const { marks, place } = map;
    marks.onpointerdown = (event) => this.press(event);
    marks.onpointermove = (event) => this.move(event);
    marks.onpointerup = (event) => this.release(event);
    marks.onpointercancel = () => this.drop();
    marks.onpointerleave = (event) => event.pointerType === "mouse" && !this.path && map.pointAt(null);
    place.onkeydown = (event) => this.key(event);
    place.onblur = () => map.pointAt(null);
  }

  at(event) {
    const box = this.map.marks.getBoundingClientRect();
    const clamp = (value) => Math.min(Math.max(value, 0), this.map.side);
    return [clamp(event.clientX - box.x), clamp(event.clientY - box.y)];
  }

  press(event) {
    if (event.button) return;
    if (event.pointerType === "mouse" || this.map.root.classList.contains("looping")) {
      this.path = [this.at(event)];
      this.map.marks.setPointerCapture(event.pointerId);
    } else {
      this.from = this.at(event);
      this.point(this.from);
    }
  }

  move(event) {
    const here = this.at(event);
    if (!this.path) {
      this.point(here);
      return;
    }
    const last = this.path.at(-1);
    if (Math.hypot(here[0] - last[0], here[1] - last[1]) < STEP) return;
    this.path.push(here);
    if (this.path.length === 2) this.map.pointAt(null);
    this.map.mark(this.path);
  }

  release(event) {
    const { path, from } = this, here = this.at(event);
    this.path = this.from = null;
    const wide = path && Math.max(...path.map(([x, y]) => Math.hypot(x - path[0][0], y - path[0][1])));
    const corners = path && wide >= DRAGGED ? simplified([...path, here]) : [];
    if (corners.length > 2) {
      this.map.chosen(corners);
    } else if (path ? wide < DRAGGED : from && Math.hypot(here[0] - from[0], here[1] - from[1]) < DRAGGED) {
      this.point(here);
      this.map.chosen(ring(here, AROUND), this.map.pointed);
    } else {
      this.map.mark();
    }
  }

  drop() {
    this.path = this.from = null;
    this.map.pointAt(null);
  }

  point(here) {
    this.map.pointAt(this.nearest(here));
  }

  // The digit that is nearest to a place, a mistake before others; null where none is within reach.
  nearest([x, y]) {
    const { map } = this;
    let best = REACH, found = null;
    map.x.forEach((share, i) => {
      const far = Math.hypot(map.pixel(share) - x, map.pixel(map.y[i]) - y) - (map.labels[i] === map.answers[i] ? 0 : MARKED);
      if (far < best) [best, found] = [far, i];
    });
    return found;
  }

  key(event) {
    const { map } = this, done = {
      ArrowLeft: () => this.go(-1, 0), ArrowRight: () => this.go(1, 0), ArrowUp: () => this.go(0, -1), ArrowDown: () => this.go(0, 1),
      PageDown: () => this.mistake(1), PageUp: () => this.mistake(-1),
      Enter: () => this.around(), " ": () => this.around(),
      "+": () => this.widen(WIDER), "=": () => this.widen(WIDER), "-": () => this.widen(1 / WIDER),
      Escape: () => { map.pointAt(null); if (map.loop) map.chosen(null); },
    }[event.key];
    if (!done || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    done();
  }

  // To the nearest digit in a direction, a sector of a quarter turn; at first to the one in the middle.
  go(right, down) {
    const { map } = this, from = map.pointed;
    const x = from === null ? 0.5 : map.x[from], y = from === null ? 0.5 : map.y[from];
    let best = Infinity, found = from;
    map.x.forEach((_, i) => {
      const across = map.x[i] - x, along = map.y[i] - y, ahead = across * right + along * down;
      const far = Math.hypot(across, along);
      if (i !== from && far < best && (from === null || (far * map.side > 4 && ahead > 0.7 * far))) [best, found] = [far, i];
    });
    map.pointAt(found);
  }

  mistake(step) {
    const { wrong, pointed } = this.map, at = wrong.indexOf(pointed);
    if (wrong.length) this.map.pointAt(wrong[(at < 0 ? (step > 0 ? 0 : wrong.length - 1) : at + step + wrong.length) % wrong.length]);
  }

  around() {
    const { map } = this, { pointed } = map;
    if (pointed === null) return;
    map.chosen(ring([map.pixel(map.x[pointed]), map.pixel(map.y[pointed])], this.reach), pointed);
    map.pointAt(pointed);
  }

  widen(by) {
    this.reach = Math.min(Math.max(this.reach * by, NARROWEST), this.map.side / 2);
    this.around();
  }
}
