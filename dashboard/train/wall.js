// A hundred frames that stay where they are: only what the network takes a digit for is written anew, where it has changed.
const walls = new WeakMap();
const SMALL = 30, LARGE = 58; // pixels of the page that a picture takes at most: it is drawn by whole multiples

class Wall {
  constructor(root) {
    this.root = root.querySelector(".wall");
    this.truth = "";
    this.shown = "";
  }

  // What the server says: see `wall.py`.
  update({ answers, truth, label, side }) {
    if (this.truth !== truth) this.build(truth);
    this.rows.style.setProperty("--side", side);
    this.rows.style.setProperty("--small", Math.max(Math.floor(SMALL / side), 1));
    this.rows.style.setProperty("--large", Math.max(Math.floor(LARGE / side), 1));
    [...answers].forEach((answer, at) => {
      if (this.shown[at] === answer) return;
      this.frames[at].className = answer === truth[at] ? "right" : "wrong";
      this.frames[at].lastChild.textContent = answer;
    });
    this.shown = answers;
    if (this.root.getAttribute("aria-label") !== label) this.root.setAttribute("aria-label", label);
  }

  build(truth) {
    this.frames = [...truth].map((_, at) => {
      const frame = document.createElement("div"), picture = document.createElement("i");
      picture.style.setProperty("--x", at % 10);
      picture.style.setProperty("--y", Math.floor(at / 10));
      frame.append(picture, document.createElement("b"));
      return frame;
    });
    this.rows = document.createElement("div");
    this.rows.className = "rows";
    this.rows.append(...this.frames);
    this.root.replaceChildren(this.rows);
    this.truth = truth;
    this.shown = "";
  }
}

export default function ({ data, parentElement }) {
  let wall = walls.get(parentElement);
  if (!wall) walls.set(parentElement, (wall = new Wall(parentElement)));
  wall.update(data);
}
