// A pen that writes digits on an SVG sheet, at a hand's pace: one digit, or several one after the other.
import { drawn, paced } from "../pads/pace.js";

const LIFT = 260;   // milliseconds between two strokes
const NEXT = 240;   // and between two digits
const HASTE = 1.6;  // quicker than the ghost hand: whoever asked for it is waiting

export class Hand {
  // `show(digit, strokes)` puts strokes, as far as they are drawn, on the digit's paper; `ended` is told when all is written.
  constructor(show, ended) {
    this.show = show;
    this.ended = ended;
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.frame = 0;
  }

  get writes() {
    return this.frame !== 0;
  }

  // Writes `digits`: [[digit, strokes], ...]; what was being written before is finished at once.
  write(digits) {
    this.finish();
    if (this.calm.matches) {
      this.ended();
      return;
    }
    this.left = digits.map(([digit, strokes]) => ({ digit, strokes, times: strokes.map(paced) }));
    for (const { digit } of this.left) this.show(digit, []);
    this.begun = performance.now();
    this.frame = requestAnimationFrame((time) => this.step(time));
  }

  finish() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    for (const { digit, strokes } of this.left ?? []) this.show(digit, strokes);
    this.left = [];
  }

  step(time) {
    let spent = (time - this.begun) * HASTE;
    const { digit, strokes, times } = this.left[0];
    const seen = [];
    for (let i = 0; i < strokes.length && spent >= 0; i += 1) {
      seen.push(drawn(strokes[i], times[i], spent));
      spent -= times[i].at(-1) + LIFT;
    }
    this.show(digit, seen);
    if (spent > NEXT) {
      this.show(digit, strokes);
      this.left.shift();
      this.begun = time;
    }
    if (this.left.length) this.frame = requestAnimationFrame((next) => this.step(next));
    else {
      this.frame = 0;
      this.ended();
    }
  }
}
