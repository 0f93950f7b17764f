// Pointers and keys become strokes: finger, pen and mouse, and the keyboard's cursor, which steps through squares.
const STEP = 1; // of the pad's units between two points of a stroke, at least
const RUBBER = 32, BARREL = 2; // of a pen's buttons
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Draws into `pad`, which has `strokes`, `data` (what pen there is and how large the sheet), and is told by
// `begun(stroke)`, `changed()` and `ended()`.
export class Pen {
  constructor(root, pad) {
    this.pad = pad;
    this.ink = root.querySelector(".ink");
    this.grid = root.querySelector(".cursor");
    this.said = root.querySelector(".said");
    this.stroke = null;
    this.ink.onpointerdown = (event) => this.down(event);
    this.ink.onpointermove = (event) => this.move(event);
    this.ink.onpointerup = this.ink.onpointercancel = this.ink.onlostpointercapture = (event) => this.up(event);
    this.ink.onkeydown = (event) => this.key(event);
    this.ink.onkeyup = (event) => {
      if (event.key === "Shift") this.lift();
    };
    this.ink.onfocus = () => this.drawCursor();
    this.ink.onblur = () => {
      this.drawCursor();
      pad.left();
    };
  }

  get isDown() {
    return this.pointer !== undefined;
  }

  begin(x, y, erase) {
    const { ink, paper, pen } = this.pad.data;
    this.stroke = {
      type: "Path", path: [["M", x, y], ["L", x, y + 0.01]], fill: null, strokeLineCap: "round",
      strokeLineJoin: "round", stroke: erase ? paper : ink, strokeWidth: pen,
    };
    this.points = [[x, y]];
    this.pad.begun(this.stroke);
  }

  // The line goes from middle to middle of what the pointer told, bent towards what it told.
  extend(x, y) {
    const [lastX, lastY] = this.points.at(-1);
    if (Math.hypot(x - lastX, y - lastY) < STEP) return;
    const path = this.stroke.path;
    path.pop();
    if (this.points.length > 1) path.push(["Q", lastX, lastY, (lastX + x) / 2, (lastY + y) / 2]);
    path.push(["L", x, y]);
    this.points.push([x, y]);
  }

  place(event) {
    const box = this.ink.getBoundingClientRect();
    const round = (value) => Math.round(value * 10) / 10;
    return [
      round(((event.clientX - box.left) / box.width) * this.pad.data.width),
      round(((event.clientY - box.top) / box.height) * this.pad.data.height),
    ];
  }

  down(event) {
    // A second finger draws nothing. A pen turned over, or with its button held, rubs out.
    const turned = event.pointerType === "pen" && (event.buttons & (RUBBER | BARREL)) !== 0;
    if ((event.button > 0 && !turned) || this.isDown || this.pad.isFull) return;
    this.pointer = event.pointerId;
    this.ink.setPointerCapture(event.pointerId);
    this.begin(...this.place(event), this.pad.data.erase || turned);
    this.pad.changed();
  }

  move(event) {
    if (event.pointerId !== this.pointer || !this.stroke) return;
    const told = event.getCoalescedEvents?.() ?? [];
    for (const each of told.length ? told : [event]) this.extend(...this.place(each));
    this.pad.changed();
  }

  up(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = undefined;
    if (!this.stroke) return;
    this.stroke = null;
    this.pad.ended();
  }

  // Arrows move the cursor, with Shift they draw; space puts a dot or takes it away.
  key(event) {
    if (event.key === "z" && (event.ctrlKey || event.metaKey)) this.pad.undo();
    else if (STEPS[event.key]) this.step(STEPS[event.key], event.shiftKey);
    else if (event.key === " ") this.dot();
    else return;
    event.preventDefault();
    this.drawCursor();
    const { onInk, onPaper } = this.pad.data;
    this.said.textContent = (this.inked() ? onInk : onPaper)
      .replace("{row}", this.cursor[1] + 1).replace("{column}", this.cursor[0] + 1);
  }

  step([right, down], draws) {
    const { cell, width, height, erase } = this.pad.data;
    const from = this.middle();
    this.cursor = [
      Math.min(Math.max(this.cursor[0] + right, 0), Math.floor(width / cell) - 1),
      Math.min(Math.max(this.cursor[1] + down, 0), Math.floor(height / cell) - 1),
    ];
    if (!draws) this.lift();
    if (!draws || (!this.stroke && this.pad.isFull)) return;
    if (!this.stroke) this.begin(...from, erase);
    this.extend(...this.middle());
    this.pad.changed();
  }

  dot() {
    this.lift();
    if (this.pad.isFull) return;
    this.begin(...this.middle(), this.pad.data.erase || this.inked());
    this.lift();
  }

  // The end of a stroke drawn by keys; a hand's ends when it is lifted.
  lift() {
    if (this.isDown || !this.stroke) return;
    this.stroke = null;
    this.pad.ended();
  }

  // Another sheet: what is being drawn goes on if it lies on that one too.
  carryOn(strokes) {
    if (!strokes.includes(this.stroke)) this.stroke = null;
    const { width, height, cell } = this.pad.data;
    this.cursor ??= [Math.floor(width / cell / 2), Math.floor(height / cell / 2)];
  }

  middle() {
    return this.cursor.map((step) => (step + 0.5) * this.pad.data.cell);
  }

  inked() {
    const scale = this.ink.width / this.pad.data.width;
    const [x, y] = this.middle().map((place) => Math.round(place * scale));
    const [red, , , alpha] = this.ink.getContext("2d").getImageData(x, y, 1, 1).data;
    return alpha > 127 && red < 128;
  }

  drawCursor() {
    const { cell, width, height, grid } = this.pad.data;
    const context = this.grid.getContext("2d");
    const scale = this.grid.width / width;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const focused = this.ink.matches(":focus-visible");
    if (!grid && !focused) return;
    if (grid) {
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
