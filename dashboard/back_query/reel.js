// Ten digits at every moment of a training: played, moved through by a slider, or by a strip with one digit at all moments.
import { element } from "../look/element.js";
import { Frames } from "../look/frames.js";

const FRAME = 450; // milliseconds

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".reel");
  root.reel ??= new Reel(root);
  root.reel.update(data);
}

class Reel extends Frames {
  constructor(root) {
    super(root, FRAME);
    const find = (name) => root.querySelector(`.${name}`);
    Object.assign(this, { said: find("said"), list: find("papers"), strip: find("strip") });
    this.digit = 3;
    this.frames = [];
    this.strip.onkeydown = (event) => this.step(event);
    this.papers = Array.from({ length: 10 }, (_, digit) => this.paper(digit));
    this.list.append(...this.papers.map(({ item }) => item));
  }

  paper(digit) {
    const canvas = element("canvas", { "aria-hidden": "true" }), read = element("p");
    const button = element("button", { type: "button" }, element("b", {}, String(digit)), canvas);
    button.onclick = () => {
      this.digit = digit;
      this.mark();
      this.drawStrip();
    };
    return { item: element("li", {}, button, read), button, canvas, read };
  }

  // Who stands at its end follows what comes; the server's moment, when it is another one, is gone to.
  update(data) {
    const isOther = this.data?.film !== data.film, last = data.frames.length - 1;
    const follows = isOther || this.at >= this.data.frames.length - 1 || this.at > last;
    const asked = data.at !== null && (isOther || data.at !== this.data.at);
    const isNew = this.data?.version !== data.version;
    this.data = data;
    for (const [name, value] of Object.entries(data.scales)) this.root.style.setProperty(`--${name}`, value);
    this.root.style.setProperty("--pixels", data.shape[1]);
    this.root.dataset.ready = "";
    this.time.max = last;
    this.time.setAttribute("aria-label", data.words.time);
    this.strip.setAttribute("aria-label", data.words.strip);
    this.time.disabled = this.play.disabled = last < 1;
    if (isNew) this.load();
    if (asked) this.pause();
    this.name();
    this.mark();
    this.show(asked ? data.at : follows && !this.timer ? last : this.at);
  }

  // Frames that are there already are kept; a new one is drawn where it is shown when it has been unpacked.
  load() {
    const there = new Map(this.frames.map((image) => [image.src, image]));
    this.frames = this.data.frames.map((url) => there.get(url) ?? Object.assign(new Image(), { src: url }));
    const [height, width] = this.data.shape;
    this.thumbs = this.frames.map((_, at) => {
      const canvas = element("canvas", { width, height }), button = element("button", { type: "button" }, canvas);
      button.setAttribute("aria-label", this.data.moments[at]);
      button.onclick = () => this.go(at);
      return { button, canvas };
    });
    this.strip.replaceChildren(...this.thumbs.map(({ button }) => button));
    for (const { canvas } of this.papers) Object.assign(canvas, { width, height });
    this.drawStrip();
    const { frames } = this;
    Promise.all(frames.map((image) => image.decode())).then(() => {
      if (frames !== this.frames) return;
      this.show(this.at);
      this.drawStrip();
    }, () => {});
  }

  draw(canvas, image, digit) {
    const [height, width] = this.data.shape;
    if (image?.complete) canvas.getContext("2d").drawImage(image, digit * width, 0, width, height, 0, 0, width, height);
  }

  drawStrip() {
    this.thumbs.forEach(({ canvas }, at) => this.draw(canvas, this.frames[at], this.digit));
  }

  show(at) {
    this.at = at;
    const { answers, moments, words } = this.data;
    this.papers.forEach(({ canvas, read }, digit) => {
      this.draw(canvas, this.frames[at], digit);
      read.textContent = words.reads[answers[at][digit]];
      read.dataset.right = answers[at][digit] === digit;
    });
    this.said.textContent = moments[at];
    this.time.value = at;
    this.time.setAttribute("aria-valuetext", moments[at]);
    this.thumbs.forEach(({ button: thumb }, place) => {
      thumb.setAttribute("aria-pressed", place === at);
      thumb.tabIndex = place === at ? 0 : -1;
    });
    const { button } = this.thumbs[at];
    this.strip.scrollLeft = button.offsetLeft - (this.strip.clientWidth - button.offsetWidth) / 2;
  }

  mark() {
    this.papers.forEach(({ button }, digit) => {
      button.setAttribute("aria-label", this.data.words.digit[digit]);
      button.setAttribute("aria-pressed", digit === this.digit);
    });
  }

  // The strip is reached by Tab at the moment that is shown, and moved through by the arrows.
  step(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key], next = this.thumbs[this.at + step];
    if (!next) return;
    event.preventDefault();
    this.go(this.at + step);
    next.button.focus();
  }

  get last() {
    return this.frames.length - 1;
  }
}
