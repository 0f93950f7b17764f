// What lies on a pad of ours: its strokes, what lay there before, and when the server is told of it.
import { Pen } from "./pen.js";
import { fetchImages, paint, png } from "./raster.js";

const PAUSE = 66; // milliseconds between two pictures sent during a stroke: fifteen a second
const PATIENCE = 600; // after which the next one goes out even if the last has not been answered
const DOUBT = 1500; // after which a picture that has not been answered is sent again: it may have been lost
const TRIES = 4; // of which each waits twice as long as the one before
const REMEMBERED = 400; // sheets that can be gone back to

export class Pad {
  // `root` has the elements .ink and .cursor, canvases one upon the other, and .said, for a screen reader.
  constructor(root) {
    this.ink = root.querySelector(".ink");
    this.grid = root.querySelector(".cursor");
    this.version = null;
    this.strokes = [];
    this.past = []; // what lay here before each change, the latest last
    this.sequence = 0;
    this.counts = new Map(); // how many strokes each picture had that was sent
    this.answered = 0;
    this.known = 0; // the picture that was read last, by the page or by whoever else was asked
    this.sentAt = 0;
    this.tellsWhileDrawing = true;
    this.onchange = () => {}; // after every change of what lies here
    this.pen = new Pen(root, this);
  }

  // What the server says: see `live_pad.py`; `send` tells it what lies here.
  update(data, send) {
    this.data = data;
    this.send = send;
    this.known = Math.max(this.known, data.heard);
    this.answered = this.known;
    if (this.version !== data.version) this.beginAnew(data);
    for (const sequence of this.counts.keys()) if (sequence < data.heard) this.counts.delete(sequence);
    this.ink.setAttribute("aria-label", data.label);
    this.ink.setAttribute("role", "application");
    this.ink.tabIndex = 0;
    this.pen.drawCursor();
    if (this.asked && this.answered >= this.sequence) this.post();
  }

  // What the server put here or took away means what it knew: a stroke begun while that was on its way stays.
  beginAnew(data) {
    const before = this.strokes;
    if (this.version === null) this.sequence = data.heard;
    const begun = before.slice(this.counts.get(data.heard) ?? 0);
    this.counts = new Map([[data.heard, data.strokes.length]]);
    if (this.version === null) this.past = earlier(data.strokes, data.under);
    else this.remember(before.slice(0, before.length - begun.length));
    this.version = data.version;
    this.strokes = [...data.strokes, ...begun];
    this.pen.carryOn(this.strokes);
    this.stopWaiting();
    this.sentAt = 0;
    this.fit();
    this.asked = begun.length > 0;
    this.refresh();
  }

  // A picture has been read without the page.
  hear(sequence) {
    this.known = Math.max(this.known, sequence);
    this.answered = this.known;
    if (this.asked && this.answered >= this.sequence) this.post();
  }

  // As many pixels as the page shows of it, however large that is.
  fit() {
    const { width, height } = this.data;
    const across = Math.round((this.ink.clientWidth || width) * devicePixelRatio);
    if (this.ink.width === across && this.isFitted) return;
    this.isFitted = true;
    for (const canvas of [this.ink, this.grid]) {
      canvas.width = across;
      canvas.height = Math.round((across * height) / width);
    }
    this.redraw();
    this.pen.drawCursor();
  }

  refresh() {
    fetchImages(this.strokes, () => this.refresh());
    this.redraw();
    this.onchange();
  }

  redraw(strokes = this.strokes) {
    const context = this.ink.getContext("2d"), scale = this.ink.width / this.data.width;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, this.data.width, this.data.height);
    paint(context, strokes);
  }

  get isFull() {
    return this.strokes.length >= this.data.most;
  }

  begun(stroke) {
    this.remember(this.strokes);
    this.strokes = [...this.strokes, stroke];
  }

  changed() {
    this.redraw();
    this.onchange();
    if (this.tellsWhileDrawing) this.post();
  }

  // The end of a stroke waits for nothing.
  ended() {
    this.sentAt = 0;
    this.answered = this.sequence;
    this.redraw();
    this.onchange();
    this.post();
  }

  // The pad is left, by Tab or by a click elsewhere: the server is told before of what is pressed next.
  left() {
    if (this.asked) this.sendNow();
  }

  remember(strokes) {
    this.past = [...this.past, strokes].slice(-REMEMBERED);
  }

  undo() {
    if (this.pen.isDown || !this.past.length) return;
    this.put(this.past.pop());
  }

  clear() {
    if (this.pen.isDown || !this.strokes.length) return;
    this.remember(this.strokes);
    this.put([]);
  }

  put(strokes) {
    this.strokes = strokes;
    this.pen.carryOn(strokes);
    fetchImages(strokes, () => this.refresh());
    this.ended();
  }

  // Send now or, while the last picture has not been answered or is too recent, as soon as that has changed.
  post() {
    clearTimeout(this.waiting);
    const age = performance.now() - this.sentAt;
    const wait = this.answered >= this.sequence ? PAUSE - age : PATIENCE - age;
    this.asked = wait > 0;
    if (this.asked) this.waiting = setTimeout(() => this.post(), wait);
    else this.sendNow();
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
    const { version, sequence, strokes } = this;
    this.send({ version, sequence, strokes, png: png(strokes, this.data) });
  }

  // A page that is just being redrawn can lose what was sent. A later picture says it all; after the last stroke none comes.
  doubt(tries) {
    clearTimeout(this.doubting);
    this.doubting = setTimeout(() => {
      if (this.known >= this.sequence || tries > TRIES) return;
      this.sendAll();
      this.doubt(tries + 1);
    }, DOUBT * 2 ** (tries - 1));
  }

  stopWaiting() {
    clearTimeout(this.waiting);
    clearTimeout(this.doubting);
  }
}

// What lay there before each of the strokes that a pad begins with, and, before the first, what is under them.
function earlier(strokes, under = []) {
  const sheets = strokes.map((_, count) => strokes.slice(0, count));
  return under.length && sheets.length ? [...under.map((_, count) => under.slice(0, count)), under, ...sheets.slice(1)] : sheets;
}
