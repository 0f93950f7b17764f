// How a hand moves along a stroke: when it is where.

const PACE = 58;         // of the pen, in units of the pad (280 across) a second, along an arc whose radius is one unit
const GENTLE = 60;       // radius in units from which on a line is straight to the hand
const TIGHT = 4;         // and of the tightest bend that it slows down for
const SETTLING = 18;     // units at either end of a stroke on which the hand starts and slows down
const SLOWEST = 0.3;     // of its pace, at the very ends

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

export const between = ([x, y], [toX, toY], share) => [x + (toX - x) * share, y + (toY - y) * share];

// The points of a stroke that have been drawn after so many milliseconds, the last one where the pen is.
export function drawn(points, times, time) {
  const next = times.findIndex((each) => each > time);
  if (next < 0) return points;
  const share = (time - times[next - 1]) / (times[next] - times[next - 1]);
  return [...points.slice(0, next), between(points[next - 1], points[next], share)];
}
