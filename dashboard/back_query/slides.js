// Pictures on the way from one to another, moved through by a slider or played, and what the network says of each: ten bars.
const FRAME = 120; // milliseconds

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".slides");
  root.slides ??= new Slides(root);
  root.slides.update(data);
}

class Slides {
  constructor(root) {
    const find = (name) => root.querySelector(name);
    Object.assign(this, { root, picture: find("img"), play: find(".play"), place: find(".place"), from: find(".from"), to: find(".to") });
    this.bars = Array.from({ length: 10 }, (_, digit) => this.bar(digit));
    find("ol").replaceChildren(...this.bars.map(({ item }) => item));
    this.timer = 0;
    this.place.oninput = () => {
      this.stop();
      this.show();
    };
    this.play.onclick = () => (this.timer ? this.stop() : this.start());
  }

  bar(digit) {
    const item = document.createElement("li"), name = document.createElement("b");
    const ground = document.createElement("i"), fill = document.createElement("u"), text = document.createElement("span");
    name.textContent = digit;
    ground.append(fill);
    item.append(name, ground, text);
    return { item, fill, text };
  }

  update(data) {
    const isNew = data.version !== this.data?.version;
    this.data = data;
    for (const [name, value] of Object.entries(data.scales)) this.root.style.setProperty(`--${name}`, value);
    this.root.style.setProperty("--pixels", data.pixels);
    this.from.textContent = data.from;
    this.to.textContent = data.to;
    this.place.setAttribute("aria-label", data.words.place);
    this.place.max = data.frames.length - 1;
    this.place.disabled = this.play.disabled = data.frames.length < 2;
    this.bars.forEach(({ item }, digit) => { item.dataset.marked = data.marked.includes(digit); });
    if (isNew) {
      this.stop();
      this.place.value = data.start;
    }
    this.name();
    this.show();
  }

  name() {
    const word = this.timer ? this.data.words.stop : this.data.words.play;
    this.play.textContent = this.timer ? "■" : "▶";
    this.play.setAttribute("aria-label", word);
    this.play.title = word;
  }

  // From where the slider stands; from its end, all over again.
  start() {
    if (Number(this.place.value) >= this.data.frames.length - 1) this.place.value = 0;
    this.timer = setInterval(() => {
      if (!this.root.isConnected || Number(this.place.value) >= this.data.frames.length - 1) this.stop();
      else {
        this.place.value = Number(this.place.value) + 1;
        this.show();
      }
    }, FRAME);
    this.show();
    this.name();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = 0;
    this.name();
  }

  show() {
    const at = Number(this.place.value), { frames, shares, texts, said } = this.data;
    this.picture.src = frames[at];
    this.picture.alt = said[at];
    this.place.setAttribute("aria-valuetext", said[at]);
    this.bars.forEach(({ fill, text }, digit) => {
      fill.style.transform = `scaleX(${shares[at][digit]})`;
      text.textContent = texts[at][digit];
    });
  }
}
