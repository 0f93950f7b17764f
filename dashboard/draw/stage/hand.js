// The ghost hand at work on the stage: it writes while nobody acts, and ends for good with the first touch.
import { Ghost } from "./ghost.js";
import { WRITTEN } from "./written.js";

const LEAST = 30; // milliseconds between two steps of it: each is read anew, and a phone has other things to do

export class Hand {
  // `stage` shows and reads what is written; `root` holds the elements of stage.html.
  constructor(stage, root, { digits = WRITTEN, now = () => performance.now() } = {}) {
    this.stage = stage;
    this.now = now;
    this.sheet = root.querySelector(".sheet");
    this.nib = root.querySelector(".nib");
    this.nowYou = root.querySelector(".now-you");
    this.tools = root.querySelector(".tools");
    this.pauseButton = root.querySelector(".pause");
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.ghost = new Ghost(digits, { now, reduced: this.calm.matches });
    this.paused = false; // by the visitor
    this.over = false;
    this.shown = "";
    this.pauseButton.onclick = () => this.pause();
    this.look = () => this.refresh();
    document.addEventListener("visibilitychange", this.look);
  }

  // Called whenever something may have changed that it depends on: a network has come, somebody has drawn.
  refresh() {
    if (this.over) return;
    if (this.stage.touched || this.stage.pad.strokes.length) this.end();
    else if (!this.stage.isIdle) this.withdraw();
    else if (!this.paused && !document.hidden) this.go();
    else {
      this.stop();
      this.show(this.ghost.at()); // of a hand that was paused before this page had come, nothing is seen yet
    }
    this.label();
  }

  go() {
    this.ghost.go();
    this.frame ||= requestAnimationFrame(() => this.step());
  }

  stop() {
    this.ghost.stop();
    cancelAnimationFrame(this.frame);
    this.frame = 0;
  }

  // As another hand was: the page that it wrote on has been replaced by this one.
  goOnFrom({ ghost, paused }) {
    this.ghost.spent = ghost.elapsed;
    this.paused = paused;
    this.refresh();
  }

  pause() {
    this.paused = !this.paused;
    this.refresh();
  }

  // Somebody acts: what it wrote goes at once, and "Now you" is said in its place.
  end() {
    if (this.over) return;
    this.over = true;
    document.removeEventListener("visibilitychange", this.look);
    this.nowYou.hidden = !this.shown || !this.stage.touched;
    this.withdraw();
    if (this.stage.data) this.label();
  }

  // What it wrote is taken from the pad.
  withdraw() {
    this.stop();
    this.sheet.style.removeProperty("--left");
    delete this.sheet.dataset.ghost;
    delete this.sheet.dataset.writes;
    if (this.shown) this.stage.demonstrate(null);
    this.shown = "";
  }

  step() {
    this.frame = requestAnimationFrame(() => this.step());
    const time = this.now();
    if (time - this.steppedAt < LEAST) return;
    this.steppedAt = time;
    this.show(this.ghost.at());
  }

  // What has not changed is not read again.
  show({ digit, strokes, pen, phase, ink }) {
    this.sheet.dataset.ghost = phase;
    this.sheet.dataset.writes = digit;
    this.sheet.style.setProperty("--left", ink);
    const { width, height } = this.stage.data;
    if (pen) {
      this.nib.style.left = `${(100 * pen.x) / width}%`;
      this.nib.style.top = `${(100 * pen.y) / height}%`;
      this.nib.dataset.down = pen.down;
    }
    const finished = phase === "standing" || phase === "leaving"; // while it fades, no other sentence takes the place of its last
    const key = `${strokes.length} ${strokes.at(-1)?.length} ${strokes.at(-1)?.at(-1)} ${finished}`;
    if (key === this.shown) return;
    const isFirst = this.shown === "";
    this.shown = key;
    if (isFirst) this.label();
    this.stage.demonstrate(strokes.map((points) => this.inked(points)), { finished });
  }

  // Points as a stroke of the pad's: from middle to middle of them, bent towards each, as a pen's are.
  inked(points) {
    const { ink, pens } = this.stage.data;
    const path = [["M", ...points[0]]];
    for (let i = 1; i < points.length - 1; i += 1) {
      const [x, y] = points[i], [nextX, nextY] = points[i + 1];
      path.push(["Q", x, y, (x + nextX) / 2, (y + nextY) / 2]);
    }
    const [x, y] = points.at(-1);
    path.push(["L", x, points.length > 1 ? y : y + 0.01]);
    return { type: "Path", path, fill: null, strokeLineCap: "round", strokeLineJoin: "round", stroke: ink, strokeWidth: pens[1] };
  }

  label() {
    const { words } = this.stage.data;
    const isThere = !this.over && this.shown !== "";
    this.tools.dataset.ghost = isThere; // its button stands where the one for taking back will
    this.pauseButton.hidden = !isThere;
    this.pauseButton.dataset.paused = this.paused;
    this.pauseButton.querySelector("span").textContent = this.paused ? words.goOn : words.pause;
    this.nowYou.textContent = words.nowYou;
  }
}
