// The ghost hand: it writes digits while nobody acts. It knows no page: what lies on the pad at a moment follows from the
// digits and the clock alone.
import { between, drawn, paced } from "../../pads/pace.js";

const BETWEEN = 380;     // milliseconds from the end of a stroke to the next one's beginning
const SECOND = 1100;     // the same where the next stroke makes another digit of it: the first answer has to be seen
const STANDING = 2000;   // for which the finished digit stands
const LEAVING = 450;     // in which it fades
const RESTING = 550;     // for which the pad is empty
const CALM = 3500;       // for which each digit stands where motion is to be reduced

// The steps of one digit: what happens from when to when, in milliseconds from its beginning.
function steps({ was, strokes }, reduced) {
  const found = [];
  let end = 0;
  const add = (phase, lasts, count, more = {}) => {
    found.push({ phase, count, start: end, end: end + lasts, ...more });
    end += lasts;
  };
  const last = strokes.length;
  if (reduced) {
    if (was !== undefined) add("standing", CALM, last - 1);
    add("standing", CALM, last);
    return found;
  }
  strokes.forEach((points, count) => {
    if (count) add("lifting", was !== undefined && count === last - 1 ? SECOND : BETWEEN, count);
    const times = paced(points);
    add("writing", times.at(-1), count, { times });
  });
  add("standing", STANDING, last);
  add("leaving", LEAVING, last);
  add("resting", RESTING, 0);
  return found;
}

export class Ghost {
  /**
   * @param digits  [{digit, was?, strokes: [[[x, y], ...], ...]}], written one after the other and then again.
   * @param now     the clock, in milliseconds.
   * @param reduced whether motion is to be reduced: finished digits follow each other, and no pen is seen.
   */
  constructor(digits, { now = () => performance.now(), reduced = false } = {}) {
    this.digits = digits;
    this.now = now;
    this.plans = digits.map((digit) => steps(digit, reduced));
    this.lasts = this.plans.map((plan) => plan.at(-1).end);
    this.round = this.lasts.reduce((sum, each) => sum + each, 0);
    this.spent = 0;     // milliseconds written before the clock was stopped last
    this.since = null;  // when it was started again, or null while it stands
  }

  get going() {
    return this.since !== null;
  }

  go() {
    this.since ??= this.now();
  }

  stop() {
    this.spent = this.elapsed;
    this.since = null;
  }

  get elapsed() {
    return this.spent + (this.going ? this.now() - this.since : 0);
  }

  /**
   * What is to be seen at a time, in milliseconds of writing; by default at this moment.
   *
   * @returns strokes: [[[x, y], ...], ...] as far as they are drawn; pen: {x, y, down} or null; phase: "writing",
   *   "lifting", "standing", "leaving" or "resting"; ink: how much of it is left, 1 to 0; digit: what it becomes.
   */
  at(time = this.elapsed) {
    let left = time % this.round;
    let place = 0;
    while (left >= this.lasts[place]) left -= this.lasts[place++];
    const { digit, strokes } = this.digits[place];
    const step = this.plans[place].find(({ end }) => left < end);
    const share = (left - step.start) / (step.end - step.start);
    const seen = { digit, phase: step.phase, strokes: strokes.slice(0, step.count), pen: null, ink: 1 };
    if (step.phase === "writing") {
      const points = drawn(strokes[step.count], step.times, left - step.start);
      seen.strokes.push(points);
      seen.pen = { x: points.at(-1)[0], y: points.at(-1)[1], down: true };
    } else if (step.phase === "lifting") {
      const eased = share * share * (3 - 2 * share);
      const [x, y] = between(strokes[step.count - 1].at(-1), strokes[step.count][0], eased);
      seen.pen = { x, y, down: false };
    } else if (step.phase === "leaving") seen.ink = 1 - share;
    return seen;
  }
}
