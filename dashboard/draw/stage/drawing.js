// The network at work, on a canvas: the picture that it gets, some units of each layer, and the lines that carry most evidence
// to the ten answers beside it.
import { Evidence } from "./evidence.js";

const TOP = 46, BOTTOM = 14, RIM = 10; // pixels of the page
const LARGE = 18; // pixels of a title from which on there is room for one line of them
const LEAST = 0.06; // of the strongest line's strength: weaker ones are not drawn
const FADES = 0.97; // of the strength that counts as full, from one frame to the next

export class NetworkDrawing {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.small = document.createElement("canvas");
    this.network = null;
    this.rows = [];
  }

  // Where the ten answers stand beside it: y of each, in pixels from the top of the canvas.
  place(width, height, rows) {
    this.width = width;
    this.height = height;
    this.rows = rows;
    this.canvas.width = Math.round(width * devicePixelRatio);
    this.canvas.height = Math.round(height * devicePixelRatio);
    this.titles = null;
  }

  use(network, [rows, columns]) {
    if (network === this.network) return;
    this.network = network;
    this.shape = [rows, columns];
    this.small.width = columns;
    this.small.height = rows;
    this.evidence = new Evidence(network);
    this.titles = null;
    this.full = network.sizes.map(() => 0);
    this.loudest = network.sizes.map(() => 0);
  }

  // `trace` is {seen, activations, probabilities}, or null for a network at rest.
  draw(trace, look, words) {
    if (!this.network || !this.width) return;
    if (look !== this.look || words !== this.words) this.titles = null;
    this.look = look;
    this.words = words;
    if (trace) this.evidence.choose(trace.activations);
    this.shown = this.evidence.shown;
    const { context } = this;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    this.layOut();
    context.drawImage((this.titles ??= this.drawnTitles()), 0, 0, this.width, this.height);
    if (trace) this.drawEvidence(trace);
    else this.drawAtRest();
    this.drawPicture(trace?.seen);
    for (let layer = 1; layer < this.shown.length - 1; layer += 1) this.drawUnits(layer, trace?.activations[layer]);
  }

  layOut() {
    const columns = this.network.sizes.length - 1;
    const [rows, across] = this.shape;
    const room = Math.min(this.width * 0.3, 168);
    this.scale = Math.max(2, Math.floor(room / across));
    this.side = [across * this.scale, rows * this.scale];
    const step = (this.width - this.side[0]) / columns;
    this.x = [0, ...Array.from({ length: columns }, (_, layer) => this.side[0] + (layer + 1) * step)];
    this.x[columns] = this.width - (this.rows.length ? 4 : 8);
    this.top = TOP;
    this.tall = this.height - TOP - BOTTOM;
    this.pictureTop = Math.round(TOP + (this.tall - this.side[1]) / 2);
  }

  at(layer, index) {
    const units = this.shown[layer];
    if (layer === 0) {
      return [
        ((units[index] % this.shape[1]) + 0.5) * this.scale,
        this.pictureTop + (Math.floor(units[index] / this.shape[1]) + 0.5) * this.scale,
      ];
    }
    if (layer === this.shown.length - 1) return [this.x[layer], this.rows[index] ?? TOP + ((index + 0.5) * this.tall) / 10];
    return [this.x[layer], TOP + ((index + 0.5) * this.tall) / units.length];
  }

  // They stay from frame to frame, and naming a font costs more than drawing a hundred lines.
  drawnTitles() {
    const sheet = document.createElement("canvas"), { words } = this;
    sheet.width = this.canvas.width;
    sheet.height = this.canvas.height;
    const context = sheet.getContext("2d");
    context.scale(devicePixelRatio, devicePixelRatio);
    context.fillStyle = this.look.quiet;
    context.font = `${this.look.label}px ${this.look.font}`;
    context.textBaseline = "alphabetic";
    context.textAlign = "left";
    context.fillText(words.picture, 0, this.pictureTop - 10);
    context.textAlign = "center";
    for (let layer = 1; layer < this.shown.length - 1; layer += 1) {
      const [first, second] = words.layers[layer - 1] ?? ["", ""];
      context.fillText(first, this.x[layer], this.look.label + 1);
      if (this.look.label < LARGE) context.fillText(second, this.x[layer], 31);
    }
    if (!this.rows.length) this.nameAnswers(context);
    return sheet;
  }

  // Where the ten rows do not stand beside it, as on a phone, the lines end at the digits themselves.
  nameAnswers(context) {
    const last = this.shown.length - 1;
    context.fillStyle = this.look.text;
    context.textBaseline = "middle";
    for (const [index, digit] of this.shown[last].entries()) context.fillText(digit, ...this.at(last, index));
  }

  drawPicture(seen) {
    const { context, small } = this, [width, height] = this.side;
    const pen = small.getContext("2d"), pixels = pen.createImageData(small.width, small.height);
    const { paperRgb, inkRgb } = this.look;
    for (let place = 0; place < small.width * small.height; place += 1) {
      const share = seen ? seen[place] : 0;
      for (let part = 0; part < 3; part += 1) {
        pixels.data[4 * place + part] = paperRgb[part] + share * (inkRgb[part] - paperRgb[part]);
      }
      pixels.data[4 * place + 3] = 255;
    }
    pen.putImageData(pixels, 0, 0);
    context.imageSmoothingEnabled = false;
    context.globalAlpha = 1;
    context.drawImage(small, 0, this.pictureTop, width, height);
    context.strokeStyle = this.look.border;
    context.lineWidth = 1;
    context.setLineDash([]);
    context.strokeRect(0.5, this.pictureTop + 0.5, width - 1, height - 1);
  }

  drawUnits(layer, activations) {
    const { context, look } = this, radius = Math.min(7, this.tall / this.shown[layer].length / 2 - 2);
    this.loudest[layer] *= FADES;
    if (activations) for (const unit of this.shown[layer]) {
      this.loudest[layer] = Math.max(this.loudest[layer], Math.abs(activations[unit]));
    }
    this.shown[layer].forEach((unit, index) => {
      const [x, y] = this.at(layer, index);
      const level = activations && this.loudest[layer] ? Math.abs(activations[unit]) / this.loudest[layer] : 0;
      context.setLineDash([]);
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.globalAlpha = 1;
      context.fillStyle = look.ground;
      context.fill();
      context.globalAlpha = 0.92 * level ** 1.3;
      context.fillStyle = look.text;
      context.fill();
      context.globalAlpha = 0.3 + 0.4 * level;
      context.strokeStyle = look.text;
      context.lineWidth = 1;
      context.stroke();
    });
    context.globalAlpha = 1;
  }

  drawAtRest() {
    this.evidence.atRest.forEach((lines, layer) => {
      for (const [from, to] of lines) this.drawLine(layer, from, to, 0.25, this.look.quiet, false, 0.35);
    });
  }

  drawEvidence({ activations, probabilities }) {
    const last = this.shown.length - 1;
    const best = probabilities.indexOf(Math.max(...probabilities));
    this.drawLines(0, this.evidence.fromPixels(activations[0]), () => 0.5);
    for (let layer = 1; layer < last; layer += 1) {
      this.drawLines(layer, this.evidence.strongest(layer, activations[layer]), (to) => (layer + 1 === last && to !== best ? 0.4 : 0.8));
    }
    this.context.setLineDash([]);
    this.context.globalAlpha = 1;
  }

  drawLines(layer, lines, alphaOf) {
    this.full[layer] = Math.max(this.full[layer] * FADES, Math.abs(lines[0]?.[2] ?? 0));
    for (const [from, to, product] of lines.reverse()) {
      const strength = Math.abs(product) / (this.full[layer] || 1);
      if (strength < LEAST) continue;
      this.drawLine(layer, from, to, strength, product > 0 ? this.look.for : this.look.against, product < 0, alphaOf(to));
    }
  }

  drawLine(layer, from, to, strength, colour, isAgainst, alpha) {
    const { context } = this;
    const [x, y] = this.at(layer, from), [toX, toY] = this.at(layer + 1, to);
    const bend = (toX - x) / 2;
    context.globalAlpha = alpha * (0.2 + 0.8 * strength);
    context.strokeStyle = colour;
    context.lineWidth = 0.5 + 2.4 * strength;
    context.setLineDash(isAgainst ? [9, 5] : []);
    context.beginPath();
    context.moveTo(x, y);
    context.bezierCurveTo(x + bend, y, toX - bend, toY, toX - RIM, toY);
    context.stroke();
  }
}
