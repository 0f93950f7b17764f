// What lies beside the pad: take back, clear, rub out, and how thick the pen is. The browser remembers the pen.
const REMEMBERED = "digit-lab-pen"; // until the tab is closed

export class Tools {
  constructor(root, pad) {
    this.pad = pad;
    this.bar = root.querySelector(".tools");
    this.undo = root.querySelector(".undo");
    this.clear = root.querySelector(".clear");
    this.eraser = root.querySelector(".eraser");
    this.widths = root.querySelector(".widths");
    this.buttons = [];
    this.chosen = remembered();
    this.undo.onclick = () => pad.undo();
    this.clear.onclick = () => pad.clear();
    this.eraser.onclick = () => this.choose({ erase: !this.chosen.erase });
  }

  update({ words, pens }) {
    if (this.buttons.length) return;
    this.chosen = { pen: pens[1], ...this.chosen };
    this.bar.setAttribute("aria-label", words.tools);
    this.widths.setAttribute("aria-label", words.width);
    for (const name of ["undo", "clear", "eraser"]) this[name].querySelector("span").textContent = words[name];
    this.buttons = pens.map((pen, index) => {
      const button = document.createElement("button"), dot = document.createElement("i");
      button.type = "button";
      button.setAttribute("role", "radio");
      button.setAttribute("aria-label", words.pens[index]);
      button.title = words.pens[index];
      dot.style.setProperty("--pen", pen);
      button.append(dot);
      button.onclick = () => this.choose({ pen });
      return Object.assign(button, { pen });
    });
    this.widths.replaceChildren(...this.buttons);
    this.widths.onkeydown = (event) => this.step(event);
    this.mark();
  }

  // One stop of Tab for the three; arrow keys choose.
  step(event) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const here = this.buttons.findIndex(({ pen }) => pen === this.chosen.pen);
    const next = this.buttons[(here + by + this.buttons.length) % this.buttons.length];
    this.choose({ pen: next.pen });
    next.focus();
  }

  choose(changed) {
    this.chosen = { ...this.chosen, ...changed };
    sessionStorage.setItem(REMEMBERED, JSON.stringify(this.chosen));
    this.pad.data = { ...this.pad.data, ...this.chosen };
    this.mark();
  }

  mark() {
    this.eraser.setAttribute("aria-pressed", this.chosen.erase);
    for (const button of this.buttons) {
      const isChosen = button.pen === this.chosen.pen;
      button.setAttribute("aria-checked", isChosen);
      button.tabIndex = isChosen ? 0 : -1;
    }
  }

  refresh() {
    this.undo.disabled = !this.pad.past.length;
    this.clear.disabled = !this.pad.strokes.length;
  }
}

function remembered() {
  try {
    return { erase: false, ...JSON.parse(sessionStorage.getItem(REMEMBERED)) };
  } catch {
    return { erase: false }; // a browser that keeps nothing
  }
}
