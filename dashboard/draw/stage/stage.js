// The stage: the pad, the network at work, the ten answers and one sentence. It knows nothing of Streamlit.
import { Pad } from "../../pads/pad.js";
import { Answers } from "./answers.js";
import { Asking } from "./asking.js";
import { NetworkDrawing } from "./drawing.js";
import { Hand } from "./hand.js";
import { lookOf } from "./look.js";
import { Reader } from "./reader.js";
import { Tools } from "./tools.js";

const PATIENCE = 1500; // milliseconds after a stroke until the browser's own answer is said in full, without the server's

export class Stage {
  // `root` holds the elements of stage.html.
  constructor(root) {
    this.root = root.querySelector(".stage");
    this.said = root.querySelector(".stage > .said");
    this.boxes = root.querySelector(".boxes");
    this.place = root.querySelector(".network");
    this.asking = new Asking(this); // told of each drawing: {version, sequence, strokes, png}
    this.answers = new Answers(root);
    this.drawing = new NetworkDrawing(this.place.querySelector("canvas"));
    this.reader = new Reader();
    this.reader.onnetwork = () => this.useNetwork();
    this.reader.onguard = () => {
      this.root.dataset.guarded = true;
      this.ask();
    };
    this.pad = new Pad(root);
    this.pad.onchange = () => this.changed();
    this.tools = new Tools(root, this.pad);
    this.demonstrated = null;
    this.word = null; // the server's latest, where it was asked without the session
    this.hand = new Hand(this, root);
    this.changedAt = 0;
    this.root.addEventListener("pointerdown", ({ target }) => isOnHandsSide(target) && this.touch(), { capture: true });
    this.pad.ink.addEventListener("keydown", ({ key }) => key !== "Tab" && this.touch(), { capture: true });
    this.watch = new ResizeObserver(() => this.measure());
    this.watch.observe(this.place);
    this.watch.observe(this.pad.ink);
    this.watch.observe(this.answers.list);
  }

  // What the server says: see `component.py`.
  update(data) {
    this.data = { ...data, verdict: this.newest(data) };
    this.asking.update(data);
    this.answers.speak(data.words, data.language);
    this.reader.fetch(data.networks, data.guard);
    this.pad.tellsWhileDrawing = !this.reader.network;
    this.root.dataset.section = data.section;
    this.root.dataset.way = data.way;
    this.root.dataset.presenting = data.presenting === true;
    this.tools.update(data);
    this.pad.update({ ...data, ...this.tools.chosen }, (drawing) => this.asking.take(drawing));
    this.look = lookOf(this.root);
    this.listen();
    this.hand.refresh();
    this.ask();
  }

  // The session may know less of the drawing than the server that was asked without it (`asking.js`).
  newest({ verdict, model, way }) {
    const { word } = this;
    if (way !== "canvas" && word?.model === model && word.version === verdict.version && word.sequence > verdict.sequence) {
      return word;
    }
    this.word = null;
    return verdict;
  }

  // What the server says when it is asked without the session.
  hear(verdict, model) {
    const { data, pad } = this;
    if (data.way === "canvas" || model !== data.model || verdict.version !== pad.version) return;
    if (verdict.sequence < data.verdict.sequence) return;
    this.word = { ...verdict, model };
    this.data = { ...data, verdict };
    pad.hear(verdict.sequence);
    this.listen();
    this.ask();
  }

  // Nobody has drawn here, nobody is about to, and what the ghost hand would write is read in the browser.
  get isIdle() {
    return !this.touched && !this.pad.strokes.length && this.data.way === "live" && this.reader.network !== null;
  }

  // Show and read strokes that nobody drew, and are finished or still grow; null ends it. Nothing is sent.
  demonstrate(strokes, { finished = false } = {}) {
    if (this.demonstrated && !strokes) this.pad.redraw();
    this.demonstrated = strokes;
    this.isFinished = finished;
    this.ask();
  }

  // What was drawn on another stage, before this one had come.
  adopt({ touched, hand, pad: { strokes, past } }) {
    if (touched) this.touch();
    else this.hand.goOnFrom(hand);
    if (!strokes.length || this.pad.strokes.length) return;
    this.pad.past = past;
    this.pad.put(strokes);
  }

  end() {
    this.pad.stopWaiting();
    this.watch.disconnect();
    this.hand.end();
    clearTimeout(this.waiting);
    cancelAnimationFrame(this.frame);
  }

  touch() {
    if (this.touched) return;
    this.touched = true;
    this.hand.refresh();
  }

  changed() {
    this.changedAt = performance.now();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.ask(), PATIENCE + 20);
    this.ask();
  }

  // At the next frame, once, however often something has changed until then.
  ask() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (this.data) this.render();
    });
  }

  render() {
    const strokes = this.demonstrated ?? this.pad.strokes;
    const reading = this.reader.read(strokes, this.data);
    if (this.demonstrated) this.pad.redraw(strokes);
    this.answers.show(this.claim(strokes, reading));
    this.root.dataset.settled = this.verdictRules(); // for whoever waits for the last word
    this.root.dataset.said = `${this.data.verdict.version}.${this.data.verdict.sequence}`;
    if (this.data.section === "network") {
      const isNumber = !this.demonstrated && strokes.length && this.data.verdict.kind === "number";
      this.drawing.draw(isNumber ? null : (reading ?? this.told()), this.look, this.data.words);
    }
    this.drawBoxes();
    this.tools.refresh();
  }

  // What the network does with the picture that the server has read, where the browser could not read it.
  told() {
    const { verdict } = this.data;
    return verdict.seen && this.verdictRules() ? this.reader.trace(pixels(verdict.seen)) : null;
  }

  // One voice: what the server says of the latest drawing rules; until then the browser's own reading speaks.
  claim(strokes, reading) {
    const { words, verdict } = this.data;
    if (this.demonstrated?.length) return this.moving(reading, words);
    if (this.demonstrated) return { shown: "?", kind: "waiting", sentence: words.empty };
    const rules = this.verdictRules();
    if (rules || (!reading && verdict.kind !== "waiting" && strokes.length)) return spoken(verdict);
    if (!strokes.length) return { shown: "?", kind: "waiting", sentence: words.empty };
    if (verdict.kind === "number" && this.pad.strokes.length) {
      return { shown: verdict.shown, kind: "moving", sentence: words.number };
    }
    return this.moving(reading, words);
  }

  // Whether the server's verdict is of what lies on the pad now.
  verdictRules() {
    const { verdict, way } = this.data, { pad } = this;
    if (way === "canvas") return true; // what lies on another pad only the server knows
    return verdict.version === pad.version && verdict.sequence >= pad.sequence && !pad.pen.stroke && !pad.asked;
  }

  moving(reading, words) {
    if (!reading || extent(this.demonstrated ?? this.pad.strokes) < this.data.smallest) {
      return { shown: "?", kind: "waiting", sentence: words.looking };
    }
    const shares = Array.from(reading.probabilities), best = shares.indexOf(Math.max(...shares));
    const lifted = this.demonstrated ? this.isFinished : !this.pad.pen.stroke;
    const late = lifted && (this.demonstrated || performance.now() - this.changedAt > PATIENCE);
    const doubted = reading.kind === "no digit"; // as half a digit often is: only when the pen is lifted, it is said
    if (doubted && lifted) return { shown: "?", kind: "no digit", sentence: late ? words.nearest[best] : words.noDigit };
    const sentence = late ? words.reads[best].replace("{sure}", this.answers.brief(shares[best])) : words.soFar[best];
    return { shown: best, kind: "moving", sentence, shares, doubted };
  }

  // What a screen reader says: the server's sentence on a finished drawing, once.
  listen() {
    const { verdict } = this.data;
    if (!this.verdictRules() || verdict.sentence === this.lastSaid) return;
    this.lastSaid = verdict.sentence;
    this.said.textContent = `${verdict.sentence} ${verdict.remark}`;
  }

  // Around each digit of a number its box, with the digit above it.
  drawBoxes() {
    const { verdict, width, height } = this.data;
    const boxes = this.demonstrated || !this.verdictRules() ? [] : verdict.boxes;
    const key = JSON.stringify(boxes);
    if (key === this.boxesShown) return;
    this.boxesShown = key;
    this.boxes.replaceChildren(...boxes.map(({ left, top, right, bottom, digit }) => {
      const box = document.createElement("div"), name = document.createElement("span");
      name.textContent = digit;
      box.append(name);
      box.style.left = `${(100 * left) / width}%`;
      box.style.top = `${(100 * top) / height}%`;
      box.style.width = `${(100 * (right - left)) / width}%`;
      box.style.height = `${(100 * (bottom - top)) / height}%`;
      return box;
    }));
  }

  useNetwork() {
    this.pad.tellsWhileDrawing = false;
    this.root.dataset.network = this.reader.name;
    this.drawing.use(this.reader.network, this.reader.geometry.shape);
    this.measure();
    this.hand.refresh();
    this.ask();
  }

  // Places are looked up when the page's layout changes, never while the hand moves.
  measure() {
    const canvas = this.place.querySelector("canvas"), box = canvas.getBoundingClientRect();
    if (!box.width) return;
    const rows = this.answers.rows.map(({ line }) => {
      const row = line.getBoundingClientRect();
      return row.top + row.height / 2 - box.top;
    });
    const beside = this.answers.list.getBoundingClientRect().left >= box.right;
    this.drawing.place(box.width, box.height, beside ? rows : []);
    this.pad.fit();
    this.ask();
  }
}

// The pad and its tools; what stops the ghost hand only for a while is none of them.
function isOnHandsSide(target) {
  return target.closest(".hand") && !target.closest(".pause");
}

function spoken({ shown, kind, sentence, remark, plain, probabilities }) {
  return { shown, kind, sentence, remark, plain, shares: probabilities };
}

// How far ink reaches, across or down, whichever is more; pictures fill the pad.
function extent(strokes) {
  const bounds = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { path, strokeWidth } of strokes) {
    if (!path) return Infinity;
    for (const command of path) {
      const [x, y] = command.slice(-2);
      bounds[0] = Math.min(bounds[0], x - strokeWidth / 2);
      bounds[1] = Math.min(bounds[1], y - strokeWidth / 2);
      bounds[2] = Math.max(bounds[2], x + strokeWidth / 2);
      bounds[3] = Math.max(bounds[3], y + strokeWidth / 2);
    }
  }
  return Math.max(bounds[2] - bounds[0], bounds[3] - bounds[1]);
}

// The pixels in 0..1 of a picture that travels as the base64 of a byte for each.
function pixels(sent) {
  return Float32Array.from(atob(sent), (each) => each.charCodeAt(0) / 255);
}
