// The ghost hand: it writes digits while nobody acts. It knows no page: what lies on the pad at a moment follows from the
// digits and the clock alone.

const PACE = 58;         // of the pen, in units of the pad (280 across) a second, along an arc whose radius is one unit
const GENTLE = 60;       // radius in units from which on a line is straight to the hand
const TIGHT = 4;         // and of the tightest bend that it slows down for
const SETTLING = 18;     // units at either end of a stroke on which the hand starts and slows down
const SLOWEST = 0.3;     // of its pace, at the very ends
const BETWEEN = 380;     // milliseconds from the end of a stroke to the next one's beginning
const SECOND = 1100;     // the same where the next stroke makes another digit of it: the first answer has to be seen
const STANDING = 2000;   // for which the finished digit stands
const LEAVING = 450;     // in which it fades
const RESTING = 550;     // for which the pad is empty
const CALM = 3500;       // for which each digit stands where motion is to be reduced

const distance = ([x, y], [toX, toY]) => Math.hypot(toX - x, toY - y);

// The radius of the circle through three points: 4 areas of their triangle over the product of its sides is one over it.
function radius(before, at, after) {
  const [a, b, c] = [distance(before, at), distance(at, after), distance(before, after)];
  const area = Math.abs((at[0] - before[0]) * (after[1] - before[1]) - (after[0] - before[0]) * (at[1] - before[1])) / 2;
  return area > 1e-9 ? (a * b * c) / (4 * area) : Infinity;
}

/**
 * Milliseconds from a stroke's beginning at which each of its points is reached.
 *
 * A hand moves the faster the straighter its way: its speed grows as the cube root of the radius (the two-thirds power
 * law: Lacquaniti, Terzuolo and Viviani 1983). It begins and ends slowly.
 */
export function paced(points) {
  const along = [0];
  for (let i = 1; i < points.length; i += 1) along.push(along[i - 1] + distance(points[i - 1], points[i]));
  const length = along.at(-1);
  const speed = points.map((point, i) => {
    const bend = i > 0 && i < points.length - 1 ? radius(points[i - 1], point, points[i + 1]) : GENTLE;
    const end = Math.min(1, Math.min(along[i], length - along[i]) / SETTLING);
    return PACE * Math.cbrt(Math.min(Math.max(bend, TIGHT), GENTLE)) * (SLOWEST + (1 - SLOWEST) * end);
  });
  const times = [0];
  for (let i = 1; i < points.length; i += 1) {
    times.push(times[i - 1] + (1000 * (along[i] - along[i - 1]) * 2) / (speed[i - 1] + speed[i]));
  }
  return times;
}

const between = ([x, y], [toX, toY], share) => [x + (toX - x) * share, y + (toY - y) * share];

// The points of a stroke that have been drawn after so many milliseconds, the last one where the pen is.
function drawn(points, times, time) {
  const next = times.findIndex((each) => each > time);
  if (next < 0) return points;
  const share = (time - times[next - 1]) / (times[next] - times[next - 1]);
  return [...points.slice(0, next), between(points[next - 1], points[next], share)];
}

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
