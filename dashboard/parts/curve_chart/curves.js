// What there is of curves at a place: pure functions of points [x, y] in the order of their x.

// The last point up to x; undefined before the first.
export function upTo(points, x) {
  let low = 0, high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle][0] <= x) low = middle + 1;
    else high = middle;
  }
  return points[low - 1];
}

// The x nearest to this one at which any of the curves has a point within the range; null where there is none.
export function nearest(series, x, [low, high]) {
  let found = null;
  for (const { points } of series) {
    for (const [at] of points) {
      if (at >= low && at <= high && (found === null || Math.abs(at - x) < Math.abs(found - x))) found = at;
    }
  }
  return found;
}

// The next x after (by = 1) or before (by = -1) this one at which a curve has a point within the range.
export function beside(series, x, by, [low, high]) {
  const places = series.flatMap(({ points }) => points.map(([at]) => at))
    .filter((at) => at >= low && at <= high && (at - x) * by > 0);
  return places.length ? (by > 0 ? Math.min(...places) : Math.max(...places)) : x;
}

// The lowest and the highest y between two x, with a little room around them; null where there is no point.
export function extent(series, [low, high]) {
  const values = series.flatMap(({ points }) => points.filter(([x]) => x >= low && x <= high).map(([, y]) => y));
  if (!values.length) return null;
  const lowest = Math.min(...values), highest = Math.max(...values);
  const room = 0.15 * (highest - lowest) || 0.05 * Math.abs(highest) || 1;
  return [lowest - room, highest + room];
}
