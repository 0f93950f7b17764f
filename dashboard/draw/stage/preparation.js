// A drawing becomes the small square that a network reads, number for number as on the server: `find_ink` of
// `core.drawings.ink` for what is drawn on a pad, then `_fit` and `_centre` of `core.drawings.preprocess`.
import { Patches } from "./patches.js";
import { resample } from "./resampling.js";
import { gaussian } from "./smoothing.js";

const LEAST_CONTRAST = 0.05;  // of black to white
const INK_LEVEL = Math.fround(0.15);  // share of the strongest ink from which a pixel counts when cropped
const SPECK_SHARE = 0.005;  // a patch with less than this share of the largest patch's ink is dirt, not digit
const SMALLEST_MARK = 0.01;  // so is a mark that fits in a square of this share of the shorter side
const OPAQUE = 127, FULL = 0.5;  // more than this share of the pad is ink: `dashboard.pads.strokes.is_full`
const STEPS = 1 << 20;  // from black to white

let ink = new Float32Array(0);  // of the whole pad, in use again and again

// `picture`: ImageData of a pad, transparent where there is no ink; `geometry`: `core.models.packed.geometry`. Gives
// `seen`, rows of pixels in 0..1, a new array; or `blank`; or `unsure` where only the server knows what to say.
export function prepare(picture, geometry) {
  const { width, height } = picture;
  const alpha = opacity(picture);
  if (alpha.opaque > FULL * width * height) return { unsure: true };
  if (alpha.most < 255 * LEAST_CONTRAST) return { blank: true };
  if (ink.length !== width * height) ink = new Float32Array(width * height);
  takeInk(picture, alpha);
  const patches = new Patches(ink, width, alpha.box, INK_LEVEL);
  const smallest = (SMALLEST_MARK * Math.min(width, height)) ** 2;
  if (!patches.areas.length || Math.max(...patches.areas) < smallest) return { blank: true };
  withoutSpecks(patches, alpha.box, width);
  const box = boundsOf(alpha.box, width);
  return { seen: centred(fit(box, width, geometry), geometry) };
}

// The largest alpha, how many pixels are more than half opaque, and the rectangle that holds all that is not transparent.
function opacity({ data, width, height }) {
  const words = new Uint32Array(data.buffer);  // alpha is the last of four bytes, and the highest
  const box = { top: height, bottom: 0, left: width, right: 0 };
  let most = 0, opaque = 0;
  for (let row = 0, at = 0; row < height; row++) {
    let first = width, last = -1;
    for (let column = 0; column < width; column++, at++) {
      const alpha = words[at] >>> 24;
      if (alpha === 0) continue;
      if (column < first) first = column;
      last = column;
      if (alpha > most) most = alpha;
      if (alpha > OPAQUE) opaque++;
    }
    if (last < 0) continue;
    box.top = Math.min(box.top, row);
    box.bottom = row + 1;
    box.left = Math.min(box.left, first);
    box.right = Math.max(box.right, last + 1);
  }
  return { most, opaque, box };
}

// `_ink_of_drawing`; outside the box `ink` is of no account.
function takeInk({ data, width }, { most, box }) {
  for (let row = box.top; row < box.bottom; row++) {
    for (let at = row * width + box.left; at < row * width + box.right; at++) ink[at] = data[4 * at + 3] / most;
  }
}

// `without_specks`: takes patches away that are too small to be part of the digit, and brings the strongest ink to 1.
function withoutSpecks({ labels, areas, masses }, box, width) {
  if (areas.length === 1) return;
  const least = SPECK_SHARE * Math.max(...masses);
  let strongest = 0;
  const each = (change) => {
    for (let row = box.top; row < box.bottom; row++) {
      for (let at = row * width + box.left; at < row * width + box.right; at++) change(at);
    }
  };
  each((at) => {
    if (labels[at] && masses[labels[at] - 1] < least) ink[at] = 0;
    if (ink[at] > strongest) strongest = ink[at];
  });
  if (strongest !== 1) each((at) => { ink[at] /= strongest; });
}

// `bounding_box` of what counts as ink, within a rectangle that holds all of it.
function boundsOf(within, width) {
  const box = { top: within.bottom, bottom: 0, left: within.right, right: 0 };
  for (let row = within.top; row < within.bottom; row++) {
    for (let column = within.left; column < within.right; column++) {
      if (ink[row * width + column] <= INK_LEVEL) continue;
      box.top = Math.min(box.top, row);
      box.bottom = row + 1;
      box.left = Math.min(box.left, column);
      box.right = Math.max(box.right, column + 1);
    }
  }
  return box;
}

// `_fit`: scales the crop, to a smaller box until its centre of mass can come to the middle.
function fit(box, width, geometry) {
  const { shape, cells, middle, fills_rows: fillsRows } = geometry;
  const crop = { pixels: ink, width, ...box };
  let scaled, place, room;
  for (let less = 0; less < Math.min(...geometry.box); less++) {
    scaled = scale(crop, geometry, less);
    room = [shape[0] * cells - scaled.height, shape[1] * cells - scaled.width];
    place = starts(scaled, middle);
    if (fillsRows || [0, 1].every((axis) => place[axis] >= 0 && place[axis] <= room[axis])) break;
  }
  const [top, left] = [0, 1].map((axis) => Math.min(Math.max(place[axis], 0), room[axis]));
  return { ...scaled, top, left };
}

// `_scale`: a crop as {pixels, height, width}, in a box that many cells smaller.
function scale(crop, { box, fills_rows: fillsRows }, less) {
  const height = crop.bottom - crop.top, width = crop.right - crop.left;
  const rows = box[0] - less, columns = box[1] - less;
  const by = Math.min(rows / height, columns / width);
  const newHeight = Math.max(1, halfToEven(fillsRows ? rows : height * by));
  const newWidth = Math.max(1, halfToEven(fillsRows ? Math.min(columns, (width * rows) / height) : width * by));
  const pixels = resample(crop, newHeight, newWidth);
  return { pixels: inSteps(whitened(pixels)), height: newHeight, width: newWidth };
}

// `_start` along both axes: where the picture must start for its centre of mass to be nearest to the middle.
function starts({ pixels, height, width }, middle) {
  let total = 0, down = 0, across = 0;
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      total += pixels[at];
      down += row * pixels[at];
      across += column * pixels[at];
    }
  }
  return [halfToEven(middle[0] - down / total), halfToEven(middle[1] - across / total)];
}

// `_centre`: in its place in the square, then cells become pixels.
function centred({ pixels, height, width, top, left }, { shape, cells, ink_range: inkRange }) {
  const columns = shape[1] * cells;
  let square = new Float32Array(shape[0] * cells * columns);
  for (let row = 0; row < height; row++) {
    square.set(pixels.subarray(row * width, (row + 1) * width), (top + row) * columns + left);
  }
  square = withUsualStrokes(square, columns, inkRange);
  if (cells === 1) return whitened(square);
  const seen = new Float32Array(shape[0] * shape[1]);
  for (let at = 0; at < square.length; at++) {
    const row = Math.floor(at / columns / cells), column = Math.floor((at % columns) / cells);
    seen[row * shape[1] + column] += square[at];
  }
  return whitened(seen.map((sum) => sum / cells ** 2));
}

// `_with_usual_strokes`: thicker or thinner strokes where their share of the square is out of the range.
function withUsualStrokes(square, columns, [least, most]) {
  let share = 0;
  for (const value of square) share += value;
  share /= square.length;
  const wanted = Math.min(Math.max(share, least), most);
  if (share === wanted) return square;
  const blurred = gaussian(square, columns);
  const level = Float32Array.from(blurred).sort()[square.length - halfToEven(wanted * square.length)];
  const from = Math.max(level, Math.fround(1e-3));
  return blurred.map((value) => Number(value >= from));
}

function whitened(pixels) {
  let peak = 0;
  for (let at = 0; at < pixels.length; at++) if (pixels[at] > peak) peak = pixels[at];
  if (peak > 0 && peak !== 1) for (let at = 0; at < pixels.length; at++) pixels[at] /= peak;
  return pixels;
}

// `_in_steps`: what is added in another order comes to the very same.
function inSteps(pixels) {
  return Float32Array.from(pixels, (value) => halfToEven(value * STEPS) / STEPS);
}

// As Python rounds: what lies just between two whole numbers goes to the even one.
function halfToEven(value) {
  const low = Math.floor(value);
  if (value - low !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
}
