// `scipy.ndimage.gaussian_filter` with a standard deviation of one cell, in its order and precision: rows, then columns, in
// double precision, each kept in single precision; what lies beyond the edge is mirrored at it.
const REACH = 4;  // cells: beyond four standard deviations nothing is added
const WEIGHTS = kernel();  // of the middle, then of one cell further, ...

function kernel() {
  const half = Array.from({ length: REACH + 1 }, (_, distance) => Math.exp(-0.5 * distance ** 2));
  const total = half[0] + 2 * half.slice(1).reduce((sum, weight) => sum + weight, 0);
  return half.map((weight) => weight / total);
}

// `square`: rows of `columns` cells, Float32Array; gives a new one.
export function gaussian(square, columns) {
  const rows = square.length / columns;
  const down = smoothed(square, rows, columns, columns, 1);
  return smoothed(down, columns, rows, 1, columns);
}

// `count` lines of `length` cells, whose neighbours lie `step` apart, and their beginnings `next` apart.
function smoothed(values, length, count, step, next) {
  const result = new Float32Array(values.length);
  const mirrored = (place) => (place < 0 ? -1 - place : place >= length ? 2 * length - 1 - place : place);
  for (let line = 0; line < count; line++) {
    for (let place = 0; place < length; place++) {
      const at = (other) => values[line * next + mirrored(other) * step];
      let sum = at(place) * WEIGHTS[0];
      for (let distance = REACH; distance > 0; distance--) {
        sum += (at(place - distance) + at(place + distance)) * WEIGHTS[distance];
      }
      result[line * next + place * step] = sum;
    }
  }
  return result;
}
