// Strokes become the picture of the pad, a pixel for each of its units, as `dashboard.pads.strokes.Drawing.picture` gives it.
const KEPT = 8;  // pictures that were put on a pad and lie on none now
const images = new Map();  // by their data URL
const sheets = new Map();  // by their size

// Whether all pictures among the strokes can be drawn; `whenLoaded` is called when one more can.
export function fetchImages(strokes, whenLoaded) {
  const wanted = new Set(strokes.map((stroke) => stroke.src).filter(Boolean));
  for (const src of images.keys()) if (images.size > KEPT && !wanted.has(src)) images.delete(src);
  for (const src of wanted) {
    if (images.has(src)) continue;
    const image = new Image();
    image.onload = whenLoaded;
    image.src = src;
    images.set(src, image);
  }
  return [...wanted].every((src) => images.get(src).complete);
}

// Strokes as they lie on the pad, in its units; the caller's transform says how large these are.
export function paint(context, strokes) {
  context.imageSmoothingEnabled = false;
  context.lineCap = context.lineJoin = "round";
  for (const stroke of strokes) {
    const image = stroke.src && images.get(stroke.src);
    if (image?.complete) context.drawImage(image, stroke.left ?? 0, stroke.top ?? 0);
    else if (stroke.path) trace(context, stroke);
  }
}

function trace(context, { path, stroke, strokeWidth }) {
  context.strokeStyle = stroke;
  context.lineWidth = strokeWidth;
  context.beginPath();
  for (const [command, x, y, toX, toY] of path) {
    if (command === "M") context.moveTo(x, y);
    else if (command === "L") context.lineTo(x, y);
    else context.quadraticCurveTo(x, y, toX, toY);
  }
  context.stroke();
}

// What a pad sends: what lies on it, an eraser's strokes in paper's colour.
export function png(strokes, { width, height }) {
  return painted(strokes, width, height).canvas.toDataURL("image/png");
}

// Transparent where there is no ink: what has been rubbed out is as the sheet.
export function picture(strokes, { width, height, ink, paper }) {
  const found = painted(strokes, width, height).getImageData(0, 0, width, height);
  if (strokes.some(({ stroke }) => stroke === paper)) withoutPaper(found.data, rgb(ink));
  return found;
}

// A stroke grows while it is drawn, those before it do not: they are painted once, on a sheet under it.
function painted(strokes, width, height) {
  const key = `${width} ${height}`;
  if (!sheets.has(key)) {
    const under = sheet(width, height);
    sheets.set(key, { over: sheet(width, height), under, finished: [] });
  }
  const { over, under, finished } = sheets.get(key);
  const steady = strokes.slice(0, -1);
  if (finished.length > steady.length || finished.some((stroke, index) => !same(stroke, steady[index]))) {
    under.clearRect(0, 0, width, height);
    finished.length = 0;
  }
  const added = steady.slice(finished.length);
  paint(under, added);
  finished.push(...added.map((stroke) => ({ stroke, length: extent(stroke) })));
  over.globalCompositeOperation = "copy";
  over.drawImage(under.canvas, 0, 0);
  over.globalCompositeOperation = "source-over";
  paint(over, strokes.slice(-1));
  return over;
}

function sheet(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas.getContext("2d", { willReadFrequently: true });
}

function same({ stroke, length }, other) {
  return stroke === other && length === extent(other);
}

// By which a stroke that has grown, or a picture that can be drawn by now, differs from before.
function extent({ src, path }) {
  return src ? Number(Boolean(images.get(src)?.complete)) : path.length;
}

function rgb(colour) {
  return [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
}

// As `dashboard.pads.strokes.without_paper`: the darker a pixel the more ink it has.
function withoutPaper(pixels, [red, green, blue]) {
  const darkest = 255 - Math.max(red, green, blue);
  for (let at = 0; at < pixels.length; at += 4) {
    const lightest = Math.max(pixels[at], pixels[at + 1], pixels[at + 2]);
    const share = Math.min(Math.max((255 - lightest) / darkest, 0), 1);
    pixels[at] = red;
    pixels[at + 1] = green;
    pixels[at + 2] = blue;
    pixels[at + 3] = Math.round(pixels[at + 3] * share);
  }
}
