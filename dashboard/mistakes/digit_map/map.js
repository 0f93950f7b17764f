// Digits on a square, those read wrong as numerals; what a hand points at with its picture, and the loop that it draws.
import { Hand } from "./hand.js";
import { Sheet } from "./sheet.js";

const EDGE = 14;  // pixels around the map
const MANY = 2000;  // digits from which on those read right are dots
const NUMERALS = 600;  // mistakes up to which each is a numeral
const WRONG = 10;  // of the read number: the label's place

function bytes(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

export class DigitMap {
  constructor(root) {
    this.root = root;
    const find = (name) => root.querySelector(name);
    Object.assign(this, { place: find(".place"), digits: find(".digits"), marks: find(".marks"), tip: find(".tip") });
    Object.assign(this, { said: find(".tip p"), draws: find(".draw"), clear: find(".clear") });
    this.sheet = new Sheet(find(".tip canvas"));
    this.pointed = null;
    this.loop = null;
    this.draws.onclick = () => this.drawing(!this.root.classList.contains("looping"));
    this.clear.onclick = () => this.chosen(null);
    this.hand = new Hand(this);
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(this.place);
  }

  end() {
    this.watcher.disconnect();
  }

  update(data, tell) {
    this.tell = tell;
    const isNew = data.points !== this.data?.points || data.read !== this.data?.read;
    const isOther = isNew || data.theme !== this.data?.theme;
    this.data = data;
    if (isNew) this.take(data);
    this.place.setAttribute("aria-label", data.words.label);
    this.draws.textContent = data.words.draw;
    this.draws.title = data.words.why;
    this.clear.textContent = data.words.clear;
    this.sheet.update(data.sheet, () => this.pointAt(this.pointed));
    this.show(data.loop);
    this.resize();
    if (isOther) this.draw();
  }

  take({ points, read, fine, numbers }) {
    this.numbers = numbers && new Uint32Array(bytes(numbers).buffer);
    const places = new Uint16Array(bytes(points).buffer), pairs = bytes(read);
    this.x = Float32Array.from(pairs, (_, i) => places[2 * i] / fine);
    this.y = Float32Array.from(pairs, (_, i) => 1 - places[2 * i + 1] / fine);  // downwards, as on the screen
    this.labels = pairs.map((pair) => Math.floor(pair / WRONG));
    this.answers = pairs.map((pair) => pair % WRONG);
    const all = Array.from(pairs.keys());
    this.wrong = all.filter((i) => this.labels[i] !== this.answers[i]).sort((i, j) => this.x[i] - this.x[j]);
    this.pointAt(null);
    this.root.dataset.digits = pairs.length;
  }

  resize() {
    const side = this.place.clientWidth, dense = devicePixelRatio || 1;
    if (!side || (side === this.side && dense === this.dense)) return;
    Object.assign(this, { side, dense });
    for (const canvas of [this.digits, this.marks]) canvas.width = canvas.height = Math.round(side * dense);
    this.draw();
    this.mark();
  }

  // From 0..1 to pixels of the page, and back.
  pixel(share) {
    return EDGE + share * (this.side - 2 * EDGE);
  }

  share(pixel) {
    return Math.min(Math.max((pixel - EDGE) / (this.side - 2 * EDGE), 0), 1);
  }

  pen(canvas) {
    const pen = canvas.getContext("2d");
    pen.setTransform(this.dense, 0, 0, this.dense, 0, 0);
    pen.clearRect(0, 0, this.side, this.side);
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    return pen;
  }

  colour(name, otherwise) {
    return getComputedStyle(this.root).getPropertyValue(`--st-${name}-color`).trim() || otherwise;
  }

  draw() {
    if (!this.data || !this.side) return;
    const pen = this.pen(this.digits), ink = this.colour("text", "#22262e"), paper = this.colour("background", "#fbfaf6");
    const family = getComputedStyle(this.root).fontFamily, few = this.labels.length <= MANY;
    pen.fillStyle = ink;
    pen.globalAlpha = few ? 0.75 : 0.4;
    pen.font = `11px ${family}`;
    this.labels.forEach((label, i) => {
      if (label === this.answers[i]) this.dot(pen, i, few ? label : null);
    });
    pen.globalAlpha = 1;
    pen.strokeStyle = paper;
    pen.lineJoin = "round";
    const numeral = (text, x, y, width) => {
      pen.lineWidth = width;
      pen.strokeText(text, x, y);
      pen.fillText(text, x, y);
    };
    const groups = () => {
      pen.strokeStyle = paper;
      pen.fillStyle = ink;
      pen.font = `600 30px ${family}`;
      for (const [digit, x, y] of this.data.groups) numeral(digit, this.pixel(x), this.pixel(1 - y), 6);
    };
    if (this.wrong.length <= NUMERALS) groups();
    pen.fillStyle = this.colour("orange", "#ad4a0a");
    pen.font = `700 15px ${family}`;
    if (this.wrong.length <= NUMERALS) {
      for (const i of this.wrong) numeral(this.labels[i], this.pixel(this.x[i]), this.pixel(this.y[i]), 3);
    } else {
      this.crosses(pen);
      groups();
    }
  }

  // Where a network reads most of them wrong, numerals would cover each other.
  crosses(pen) {
    pen.strokeStyle = pen.fillStyle;
    pen.lineWidth = 1;
    pen.beginPath();
    for (const i of this.wrong) {
      const x = this.pixel(this.x[i]), y = this.pixel(this.y[i]);
      pen.moveTo(x - 2, y - 2);
      pen.lineTo(x + 2, y + 2);
      pen.moveTo(x - 2, y + 2);
      pen.lineTo(x + 2, y - 2);
    }
    pen.stroke();
  }

  dot(pen, i, numeral) {
    const x = this.pixel(this.x[i]), y = this.pixel(this.y[i]);
    if (numeral === null) pen.fillRect(x - 1, y - 1, 2, 2);
    else pen.fillText(numeral, x, y);
  }

  // The loop, or the part of it that has been drawn, and a ring around what is pointed at.
  mark(path = null) {
    if (!this.side) return;
    const pen = this.pen(this.marks), line = path ?? this.loop?.map(([x, y]) => [this.pixel(x), this.pixel(y)]);
    pen.strokeStyle = pen.fillStyle = this.colour("primary", "#17695b");
    if (line) {
      pen.lineWidth = 2;
      pen.beginPath();
      line.forEach(([x, y]) => pen.lineTo(x, y));
      if (!path) pen.closePath();
      pen.stroke();
      pen.globalAlpha = 0.14;
      pen.fill();
      pen.globalAlpha = 1;
    }
    if (this.pointed === null) return;
    pen.strokeStyle = this.colour("text", "#22262e");
    pen.lineWidth = 2;
    pen.beginPath();
    pen.arc(this.pixel(this.x[this.pointed]), this.pixel(this.y[this.pointed]), 10, 0, 2 * Math.PI);
    pen.stroke();
  }

  pointAt(number) {
    this.pointed = number;
    this.tip.hidden = number === null;
    this.root.dataset.pointed = number ?? "";
    if (number !== null) this.tellOf(number);
    if (!this.hand?.path) this.mark();
  }

  tellOf(number) {
    const { words } = this.data, label = this.labels[number], answer = this.answers[number];
    this.tip.classList.toggle("wrong", label !== answer);
    const lines = [words.is[label], label === answer ? words.right : words.says[answer]];
    if (this.sheet.lacks(number)) lines.push(words.absent);
    this.said.replaceChildren(...lines.map((text) => {
      const line = document.createElement("span");
      line.textContent = `${text} `;
      return line;
    }));
    this.sheet.show(number);
    const x = this.pixel(this.x[number]), y = this.pixel(this.y[number]), { offsetWidth: width, offsetHeight: height } = this.tip;
    const left = Math.min(Math.max(x - width / 2, 0), this.side - width);
    this.tip.style.translate = `${left}px ${y > height + 20 ? y - height - 16 : y + 16}px`;
  }

  // -- what is chosen

  drawing(on) {
    this.root.classList.toggle("looping", on);
    this.draws.setAttribute("aria-pressed", String(on));
  }

  show(loop) {
    const { side } = this.data;
    this.loop = loop?.map(([x, y]) => [x / side, 1 - y / side]) ?? null;
    this.clear.disabled = !loop;
    if (!this.hand.path) this.mark();
  }

  // A loop of corners in pixels of the page, null is none; and the digit in it that was meant, if one was.
  chosen(corners, meant = null) {
    const { side } = this.data;
    const loop = corners?.map(([x, y]) => [Math.round(this.share(x) * side), Math.round((1 - this.share(y)) * side)]) ?? null;
    this.show(loop);
    this.drawing(false);
    const digit = meant === null || this.sheet.lacks(meant) ? null : (this.numbers?.[meant] ?? meant);
    this.tell({ corners: loop?.flat() ?? [], digit });
  }
}
