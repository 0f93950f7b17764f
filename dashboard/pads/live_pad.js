import { fetchImages, paint, png } from "./raster.js";

const PAUSE = 66;      // milliseconds between two pictures sent during a stroke: fifteen a second
const PATIENCE = 600;  // after which the next one goes out even if the last has not been answered
const DOUBT = 1500;    // after which a picture that has not been answered is sent again: it may have been lost
const STEP = 1;        // pixels between two points of a stroke, at least
const RUBBER = 32, BARREL = 2;  // of a pen's buttons
const TRIES = 4;       // of which each waits twice as long as the one before
const pads = new WeakMap();

class Pad {
  constructor(root) {
    this.paper = root.querySelector(".paper");
    this.ink = root.querySelector(".ink");
    this.grid = root.querySelector(".cursor");
    this.said = root.querySelector(".said");
    this.version = null;
    this.strokes = [];
    this.stroke = null;
    this.sequence = 0;
    this.counts = new Map();  // how many strokes each picture had that was sent
    this.answered = 0;
    this.sentAt = 0;
    this.ink.onpointerdown = (event) => this.down(event);
    this.ink.onpointermove = (event) => this.move(event);
    this.ink.onpointerup = this.ink.onpointercancel = this.ink.onlostpointercapture = (event) => this.up(event);
    this.ink.onkeydown = (event) => this.key(event);
    this.ink.onkeyup = (event) => { if (event.key === "Shift") this.lift(); };
    this.ink.onfocus = () => this.drawCursor();
    this.ink.onblur = () => {
      this.drawCursor();
      if (this.asked) this.sendNow();  // before the button that is pressed next
    };
  }

  update(data, send) {
    this.data = data;
    this.send = send;
    this.answered = data.heard;
    if (this.version !== data.version) {
      // Clear and Undo mean what the server knew: a stroke that was begun while they were on their way stays.
      if (this.version === null) this.sequence = data.heard;
      const begun = this.strokes.slice(this.counts.get(data.heard) ?? 0);
      this.counts = new Map([[data.heard, data.strokes.length]]);
      this.version = data.version;
      this.strokes = [...data.strokes, ...begun];
      if (!begun.includes(this.stroke)) this.stroke = null;
      clearTimeout(this.waiting);
      clearTimeout(this.doubting);
      this.sentAt = 0;
      const { width, height } = data;
      this.paper.style.width = width + "px";
      this.paper.style.aspectRatio = width + " / " + height;
      for (const canvas of [this.ink, this.grid]) {
        canvas.width = width * devicePixelRatio;
        canvas.height = height * devicePixelRatio;
      }
      this.cursor ??= [Math.floor(width / data.cell / 2), Math.floor(height / data.cell / 2)];
      fetchImages(this.strokes, () => this.redraw());
      this.redraw();
      this.asked = begun.length > 0;
    }
    for (const sequence of this.counts.keys()) if (sequence < data.heard) this.counts.delete(sequence);
    this.ink.setAttribute("aria-label", data.label);
    this.ink.setAttribute("role", "application");
    this.ink.tabIndex = 0;
    if (data.answer && data.answer !== this.told) this.said.textContent = data.answer;
    this.told = data.answer;
    this.drawCursor();
    if (this.asked && this.answered >= this.sequence) this.post();
  }

  redraw() {
    const context = this.ink.getContext("2d"), scale = this.ink.width / this.data.width;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, this.data.width, this.data.height);
    paint(context, this.strokes);
  }

  // Send now or, while the last picture has not been answered or is too recent, as soon as that has changed.
  post() {
    clearTimeout(this.waiting);
    const age = performance.now() - this.sentAt;
    const wait = this.answered >= this.sequence ? PAUSE - age : PATIENCE - age;
    this.asked = wait > 0;
    if (this.asked) {
      this.waiting = setTimeout(() => this.post(), wait);
      return;
    }
    this.sendNow();
  }

  sendNow() {
    clearTimeout(this.waiting);
    this.asked = false;
    this.sentAt = performance.now();
    this.sendAll();
    this.doubt(1);
  }

  sendAll() {
    this.sequence += 1;
    this.counts.set(this.sequence, this.strokes.length);
    const picture = png(this.strokes, this.data);
    this.send("drawing", { version: this.version, sequence: this.sequence, strokes: this.strokes, png: picture });
  }

  // A page that is just being redrawn can lose what was sent. A later picture says it all; after the last stroke none comes.
  doubt(tries) {
    clearTimeout(this.doubting);
    this.doubting = setTimeout(() => {
      if (this.data.heard >= this.sequence || tries > TRIES) return;
      this.sendAll();
      this.doubt(tries + 1);
    }, DOUBT * 2 ** (tries - 1));
  }

  full() {
    return this.strokes.length >= this.data.most;
  }

  begin(x, y, erase) {
    this.stroke = {
      type: "Path", path: [["M", x, y], ["L", x, y + 0.01]], fill: null, strokeLineCap: "round",
      strokeLineJoin: "round", stroke: erase ? this.data.paper : this.data.ink, strokeWidth: this.data.pen,
    };
    this.strokes.push(this.stroke);
    this.points = [[x, y]];
  }

  // The line goes from middle to middle of what the pointer told, bent towards what it told.
  extend(x, y) {
    const [lastX, lastY] = this.points.at(-1);
    if (Math.hypot(x - lastX, y - lastY) < STEP) return;
    const path = this.stroke.path;
    if (this.points.length === 1) path.pop();
    else path.pop(), path.push(["Q", lastX, lastY, (lastX + x) / 2, (lastY + y) / 2]);
    path.push(["L", x, y]);
    this.points.push([x, y]);
  }

  place(event) {
    const box = this.ink.getBoundingClientRect();
    const round = (value) => Math.round(value * 10) / 10;
    return [
      round(((event.clientX - box.left) / box.width) * this.data.width),
      round(((event.clientY - box.top) / box.height) * this.data.height),
    ];
  }

  down(event) {
    // A second finger draws nothing. A pen turned over, or with its button held, rubs out.
    const turned = event.pointerType === "pen" && (event.buttons & (RUBBER | BARREL)) !== 0;
    if ((event.button > 0 && !turned) || this.pointer !== undefined || this.full()) return;
    this.pointer = event.pointerId;
    this.ink.setPointerCapture(event.pointerId);
    this.begin(...this.place(event), this.data.erase || turned);
    this.redraw();
    this.post();
  }

  move(event) {
    if (event.pointerId !== this.pointer || !this.stroke) return;
    const told = event.getCoalescedEvents?.() ?? [];
    for (const each of told.length ? told : [event]) this.extend(...this.place(each));
    this.redraw();
    this.post();
  }

  up(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = undefined;
    if (!this.stroke) return;
    this.stroke = null;
    this.sentAt = 0;
    this.answered = this.sequence;  // the end of a stroke waits for nothing
    this.post();
  }

  // Keys: arrows move the cursor, with Shift they draw; space puts a dot or takes it away.
  key(event) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const { cell, width, height } = this.data;
    const middle = () => this.cursor.map((step) => (step + 0.5) * cell);
    if (steps[event.key]) {
      const [right, down] = steps[event.key];
      const from = middle();
      this.cursor = [
        Math.min(Math.max(this.cursor[0] + right, 0), Math.floor(width / cell) - 1),
        Math.min(Math.max(this.cursor[1] + down, 0), Math.floor(height / cell) - 1),
      ];
      if (event.shiftKey) {
        if (!this.stroke && this.full()) return;
        if (!this.stroke) this.begin(...from, this.data.erase);
        this.extend(...middle());
        this.redraw();
        this.post();
      } else this.lift();
    } else if (event.key === " ") {
      this.lift();
      if (this.full()) return;
      this.begin(...middle(), this.data.erase || this.inked());
      this.lift();
      this.redraw();
      this.post();
    } else return;
    event.preventDefault();
    this.drawCursor();
    this.said.textContent = (this.inked() ? this.data.onInk : this.data.onPaper)
      .replace("{row}", this.cursor[1] + 1).replace("{column}", this.cursor[0] + 1);
  }

  lift() {
    this.stroke = this.pointer === undefined ? null : this.stroke;
  }

  inked() {
    const scale = this.ink.width / this.data.width;
    const [x, y] = this.cursor.map((step) => Math.round((step + 0.5) * this.data.cell * scale));
    const [red, , , alpha] = this.ink.getContext("2d").getImageData(x, y, 1, 1).data;
    return alpha > 127 && red < 128;
  }

  drawCursor() {
    const context = this.grid.getContext("2d");
    const scale = this.grid.width / this.data.width;
    const { cell, width, height } = this.data;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const focused = this.ink.matches(":focus-visible");
    if (!this.data.grid && !focused) return;
    if (this.data.grid) {
      context.fillStyle = "rgba(28, 32, 40, 0.09)";
      for (let x = cell; x < width; x += cell) context.fillRect(x - 0.5, 0, 1, height);
      for (let y = cell; y < height; y += cell) context.fillRect(0, y - 0.5, width, 1);
    }
    const [left, top] = this.cursor.map((step) => step * cell);
    context.lineWidth = 2;
    context.strokeStyle = "#fffefa";
    context.strokeRect(left - 2, top - 2, cell + 4, cell + 4);
    context.strokeStyle = focused ? "#c65a11" : "#8a8577";
    context.strokeRect(left, top, cell, cell);
  }
}

export default function ({ data, parentElement, setStateValue }) {
  let pad = pads.get(parentElement);
  if (!pad) pads.set(parentElement, (pad = new Pad(parentElement)));
  pad.update(data, setStateValue);
  // Streamlit may also call this when a later call has already taken over the pad, which then has to go on.
  return () => {
    if (parentElement.isConnected) return;
    clearTimeout(pad.waiting);
    clearTimeout(pad.doubting);
  };
}
