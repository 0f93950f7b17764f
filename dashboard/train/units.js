// Some units of the first layer, each as a picture of its weights, in places that stay.
import { drawWeights, themeColours, weightCanvas } from "../look/weights.js";

const EDGE = 84; // pixels of the page that a picture has at most: it is drawn by whole multiples
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
    const colours = themeColours(this.root);
    this.canvases.forEach((canvas, at) =>
      drawWeights(canvas, values.subarray(at * height * width, (at + 1) * height * width), width, times, colours));
    this.root.setAttribute("aria-label", label);
  }

  build(count, height, width, times) {
    this.width = width;
    this.canvases = Array.from({ length: count }, () => weightCanvas(height, width, times));
    const places = document.createElement("div");
    places.className = "places";
    places.append(...this.canvases);
    this.root.replaceChildren(places);
  }
}

export default function ({ data, parentElement }) {
  let board = boards.get(parentElement);
  if (!board) boards.set(parentElement, (board = new Board(parentElement)));
  board.update(data);
}
