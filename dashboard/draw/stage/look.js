// The colours of the page's theme and its type, for the canvas: `--stage-...` of `stage.css`.
const COLOURS = ["text", "quiet", "ground", "border", "for", "against", "paper", "ink"];

export function lookOf(root) {
  const style = getComputedStyle(root), look = { font: style.fontFamily };
  look.label = parseFloat(style.getPropertyValue("--stage-label"));
  for (const name of COLOURS) look[name] = style.getPropertyValue(`--stage-${name}`).trim();
  look.paperRgb = rgb(look.paper);
  look.inkRgb = rgb(look.ink);
  return look;
}

function rgb(colour) {
  return [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
}
