// A loop that a hand has drawn, in few corners.
const MOST = 24, AROUND = 12;  // corners, and those of a ring

// How far a point is from the line between two others.
function beside([x, y], [x0, y0], [x1, y1]) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  return length ? Math.abs((x1 - x0) * (y0 - y) - (x0 - x) * (y1 - y0)) / length : Math.hypot(x - x0, y - y0);
}

// Ramer, Douglas and Peucker: what lies nearer than this to the line between two that stay is left out.
function fewer(points, near) {
  if (points.length < 3) return points;
  let farthest = 0, at = 0;
  for (let i = 1; i < points.length - 1; i++) {
    const far = beside(points[i], points[0], points.at(-1));
    if (far > farthest) [farthest, at] = [far, i];
  }
  if (farthest <= near) return [points[0], points.at(-1)];
  return [...fewer(points.slice(0, at + 1), near).slice(0, -1), ...fewer(points.slice(at), near)];
}

export function simplified(points) {
  for (let near = 1; ; near *= 1.5) {
    const corners = fewer(points, near);
    if (corners.length <= MOST) return corners;
  }
}

export function ring([x, y], radius) {
  return Array.from({ length: AROUND }, (_, i) => {
    const angle = (2 * Math.PI * i) / AROUND;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
}
