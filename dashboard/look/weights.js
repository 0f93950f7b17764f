// Weights as pictures: blue for and orange against, as everywhere; what is strongly against bears a bar as well.
const BARRED = 0.35, SOFT = 0.7; // as `dashboard.look.evidence`
const FULL = 127;                // of an int8

// The theme's ground and its two colours of evidence, as three numbers each.
export function themeColours(root) {
  const style = getComputedStyle(root), context = document.createElement("canvas").getContext("2d");
  return ["--st-background-color", "--st-blue-color", "--st-orange-color"].map((name) => {
    context.fillStyle = style.getPropertyValue(name).trim();
    return [1, 3, 5].map((start) => parseInt(context.fillStyle.slice(start, start + 2), 16));
  });
}

// A canvas that shows pictures of height x width pixels, each of them a square of `times` pixels of the page.
export function weightCanvas(height, width, times) {
  const canvas = document.createElement("canvas");
  canvas.width = width * times;
  canvas.height = height * times;
  canvas.style.width = `${width * times}px`;
  canvas.style.height = `${height * times}px`;
  return canvas;
}

// Values (int8, -127 to 127) row by row.
export function drawWeights(canvas, values, width, times, [ground, forIt, against]) {
  const context = canvas.getContext("2d");
  values.forEach((value, at) => {
    const strength = Math.abs(value) / FULL, side = value < 0 ? against : forIt;
    const share = strength ** SOFT;
    const x = (at % width) * times, y = Math.floor(at / width) * times;
    context.fillStyle = `rgb(${ground.map((level, part) => Math.round(level + share * (side[part] - level))).join()})`;
    context.fillRect(x, y, times, times);
    if (value >= 0 || strength < BARRED || times < 3) return;
    context.fillStyle = `rgb(${ground.join()})`;
    context.fillRect(x, y + Math.floor(times / 2), times, 1);
  });
}
