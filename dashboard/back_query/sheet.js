// Ten digits on ten papers, always in the same places: strokes that a pen can write again, or pictures.
import { Hand } from "./hand.js";

const SVG = "http://www.w3.org/2000/svg";
const GLIDE = 420; // milliseconds in which strokes go from where they were to where they are, while they are searched for

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".papers");
  root.sheet ??= new Sheet(root);
  root.sheet.update(data, (digit) => setStateValue("chosen", digit));
}

class Sheet {
  constructor(root) {
    this.root = root;
    this.list = root.querySelector("ol");
    this.play = root.querySelector(".play");
    this.strokes = [];
    this.glides = new Map();
    this.papers = Array.from({ length: 10 }, (_, digit) => this.paper(digit));
    this.list.replaceChildren(...this.papers.map(({ item }) => item));
    this.hand = new Hand((digit, strokes) => this.draw(digit, strokes), () => this.mark());
    this.play.onclick = () => {
      if (this.hand.writes) this.hand.finish();
      else this.hand.write(this.strokes.map((strokes, digit) => [digit, strokes]));
      this.mark();
    };
  }

  // What stands at one digit's place: its name, the paper, and what is said of it.
  paper(digit) {
    const item = document.createElement("li"), button = document.createElement("button");
    const name = document.createElement("b"), sheet = document.createElementNS(SVG, "svg");
    const image = document.createElement("img"), own = document.createElement("p"), judge = document.createElement("p");
    button.type = "button";
    name.textContent = digit;
    sheet.setAttribute("viewBox", "0 0 280 280");
    sheet.setAttribute("aria-hidden", "true");
    image.alt = "";
    button.append(name, sheet, image);
    button.onclick = () => this.choose(digit);
    item.append(button, own, judge);
    return { item, button, sheet, image, own, judge };
  }

  choose(digit) {
    this.hand.write([[digit, this.strokes[digit]]]);
    this.chosen = digit;
    this.mark();
    this.told(digit);
  }

  update(data, told) {
    this.told = told;
    this.data = data;
    this.chosen = data.chosen;
    this.root.dataset.kind = data.kind;
    this.root.dataset.compact = Boolean(data.compact);
    for (const [name, value] of Object.entries(data.scales)) this.root.style.setProperty(`--${name}`, value);
    this.root.style.setProperty("--pixels", data.pixels);
    this.list.setAttribute("aria-label", data.words.label);
    const isNew = data.version !== this.version;
    this.version = data.version;
    if (isNew && this.hand.writes) this.hand.finish();
    data.digits.forEach((digit, place) => this.fill(place, digit, isNew));
    this.play.hidden = data.live || !this.strokes.some(({ length }) => length);
    this.mark();
  }

  fill(place, { strokes, image, own, judge, label }, isNew) {
    const paper = this.papers[place];
    paper.button.setAttribute("aria-label", label);
    this.say(paper.own, own);
    this.say(paper.judge, judge);
    paper.image.hidden = !image;
    if (image && paper.image.src !== image) paper.image.src = image;
    if (!isNew) return;
    const before = this.strokes[place];
    this.strokes[place] = strokes;
    const isMoved = before?.length === strokes.length && strokes.length > 0;
    if (isMoved && this.data.live && !this.hand.calm.matches) this.glide(place, before, strokes);
    else this.draw(place, strokes);
  }

  say(line, said) {
    line.textContent = said?.text ?? "";
    line.dataset.right = said?.right ?? "";
  }

  // From where the strokes were to where they are now.
  glide(place, from, to) {
    const begun = performance.now();
    this.glides.set(place, begun);
    const step = (time) => {
      if (this.glides.get(place) !== begun) return;
      const share = Math.min(1, Math.max(0, (time - begun) / GLIDE));
      this.draw(place, to.map((stroke, i) => stroke.map(([x, y], k) => {
        const [fromX, fromY] = from[i][k];
        return [fromX + (x - fromX) * share, fromY + (y - fromY) * share];
      })));
      if (share < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  draw(place, strokes) {
    const { sheet } = this.papers[place];
    while (sheet.childElementCount > strokes.length) sheet.lastElementChild.remove();
    while (sheet.childElementCount < strokes.length) sheet.append(document.createElementNS(SVG, "path"));
    strokes.forEach((points, i) => {
      const [first, ...rest] = points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`);
      sheet.children[i].setAttribute("d", `M${first}L${rest.length ? rest.join(" ") : first}`);
    });
  }

  mark() {
    const { words, live } = this.data;
    this.play.querySelector("span").textContent = this.hand.writes ? words.stop : words.play;
    this.play.dataset.writes = this.hand.writes;
    this.papers.forEach(({ button }, digit) => {
      button.disabled = !this.strokes[digit].length || live;
      button.setAttribute("aria-pressed", !button.disabled && digit === this.chosen);
    });
  }
}
