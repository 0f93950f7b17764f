// Asks that its part of the page be drawn anew, so long after it asked last as the server says. The next time is set when the
// last one has come: a server that is late is asked less often. A page that nobody sees asks for nothing.
const SPREAD = 0.1; // by which the time is longer or shorter, so that many who come at once do not stay at one time
const LEAST = 0.25; // of the time that lies at least between an answer and the next question
const LOST = 10_000; // milliseconds, or four times the time if that is longer: then a question is lost, as with a connection

const askers = new WeakMap();

class Asker {
  constructor(root) {
    this.root = root;
    this.asked = performance.now();
    this.look = () => this.isDue && !document.hidden && this.ask();
    this.put = () => this.milliseconds && this.wait(this.milliseconds); // what Back restores is not to be overtaken
    document.addEventListener("visibilitychange", this.look);
    window.addEventListener("popstate", this.put);
  }

  // What the server says: see `redraw.py`. It is told again with every drawing of the part, whose number is `turn`.
  update({ seconds, turn }, say) {
    this.say = say;
    if (turn === this.turn) return;
    this.turn = turn;
    this.milliseconds = 1000 * seconds;
    const spread = 1 + SPREAD * (2 * Math.random() - 1);
    const passed = performance.now() - this.asked;
    this.wait(Math.max(this.milliseconds * spread - passed, LEAST * this.milliseconds));
  }

  wait(milliseconds) {
    clearTimeout(this.timer);
    this.isDue = false;
    this.timer = setTimeout(() => this.ask(), milliseconds);
  }

  ask() {
    if (!this.root.isConnected) {
      this.end();
      return;
    }
    if (document.hidden) {
      this.isDue = true;
      return;
    }
    this.wait(Math.max(LOST, 4 * this.milliseconds));
    this.asked = performance.now();
    this.say(Math.round(this.asked));
  }

  end() {
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.look);
    window.removeEventListener("popstate", this.put);
  }
}

export default function ({ data, parentElement, setStateValue }) {
  let asker = askers.get(parentElement);
  if (!asker) askers.set(parentElement, (asker = new Asker(parentElement)));
  asker.update(data, (moment) => setStateValue("asked", moment));
  return () => {
    if (parentElement.isConnected) return;
    askers.delete(parentElement);
    asker.end();
  };
}
