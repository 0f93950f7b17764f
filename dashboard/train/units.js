// Weights as pictures: blue for and orange against, as everywhere; what is strongly against bears a bar as well.
const EDGE = 84; // pixels of the page that a picture has at most: it is drawn by whole multiples
const BARRED = 0.35, SOFT = 0.7; // as `dashboard.look.evidence`
const boards = new WeakMap();

class Board {
  constructor(root) {
    this.root = root.querySelector(".units");
    this.canvases = [];
  }

  // What the server says: see `units.py`.
  update({ pictures, count, shape: [height, width], label }) {
    const times = Math.max(Math.floor(EDGE / width), 1);
    if (this.canvases.length !== count || this.width !== width) this.build(count, height, width, times);
    const values = Int8Array.from(atob(pictures), (letter) => letter.charCodeAt(0));
    const colours = this.colours();
    this.canvases.forEach((canvas, at) =>
      draw(canvas, values.subarray(at * height * width, (at + 1) * height * width), width, times, colours));
    this.root.setAttribute("aria-label", label);
  }

  build(count, height, width, times) {
    this.width = width;
    this.canvases = Array.from({ length: count }, () => {
      const canvas = document.createElement("canvas");
      canvas.width = width * times;
      canvas.height = height * times;
      canvas.style.width = `${width * times}px`;
      canvas.style.height = `${height * times}px`;
      return canvas;
    });
    const places = document.createElement("div");
    places.className = "places";
    places.append(...this.canvases);
    this.root.replaceChildren(places);
  }

  // The theme's colours, as three numbers each.
  colours() {
    const style = getComputedStyle(this.root), context = document.createElement("canvas").getContext("2d");
    return ["--st-background-color", "--st-blue-color", "--st-orange-color"].map((name) => {
      context.fillStyle = style.getPropertyValue(name).trim();
      return [1, 3, 5].map((start) => parseInt(context.fillStyle.slice(start, start + 2), 16));
    });
  }
}

function draw(canvas, values, width, times, [ground, forIt, against]) {
  const context = canvas.getContext("2d");
  values.forEach((value, at) => {
    const strength = Math.abs(value) / 127, side = value < 0 ? against : forIt;
    const share = strength ** SOFT;
    const x = (at % width) * times, y = Math.floor(at / width) * times;
    context.fillStyle = `rgb(${ground.map((level, part) => Math.round(level + share * (side[part] - level))).join()})`;
    context.fillRect(x, y, times, times);
    if (value >= 0 || strength < BARRED || times < 3) return;
    context.fillStyle = `rgb(${ground.join()})`;
    context.fillRect(x, y + Math.floor(times / 2), times, 1);
  });
}

export default function ({ data, parentElement }) {
  let board = boards.get(parentElement);
  if (!board) boards.set(parentElement, (board = new Board(parentElement)));
  board.update(data);
}
