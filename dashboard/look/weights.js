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

// Values (int8, -127 to 127) row by row, all pixels of a picture at once: a rectangle for each takes ten times as long.
export function drawWeights(canvas, values, width, times, [ground, forIt, against]) {
  const image = new ImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer), middle = Math.floor(times / 2), bar = packed(ground);
  values.forEach((value, at) => {
    const strength = Math.abs(value) / FULL, side = value < 0 ? against : forIt;
    const share = strength ** SOFT, barred = value < 0 && strength >= BARRED && times > 2;
    const colour = packed(ground.map((level, part) => Math.round(level + share * (side[part] - level))));
    const corner = Math.floor(at / width) * times * canvas.width + (at % width) * times;
    for (let y = 0; y < times; y++) {
      const start = corner + y * canvas.width;
      pixels.fill(barred && y === middle ? bar : colour, start, start + times);
    }
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// A colour as a picture's memory holds it, where the first byte is the lowest.
function packed([red, green, blue]) {
  return (255 << 24 | blue << 16 | green << 8 | red) >>> 0;
}
