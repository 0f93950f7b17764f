// Plays the moments of a run by a clock of its own, set by the server's, and tells the server what a hand does.
const SETTLE = 150; // milliseconds that a slider rests before it is told of
const players = new WeakMap();

class Player {
  constructor(root) {
    this.button = root.querySelector("button");
    this.slider = root.querySelector("input");
    this.said = root.querySelector("output");
    this.button.onclick = () => (this.playing && !this.isAtEnd ? this.stop(this.place) : this.play());
    this.slider.oninput = () => this.stop(Number(this.slider.value), SETTLE);
  }

  // What the server says: see `player.py`.
  update(data, ask) {
    this.ask = ask;
    this.words = data.words;
    this.moments = data.moments;
    this.seconds = data.seconds;
    this.run = data.run;
    this.slider.max = String(this.last);
    this.slider.setAttribute("aria-label", data.words.label);
    this.button.title = this.slider.title = data.words.help;
    if (!this.waiting) this.set(data.place, data.playing);
  }

  get last() {
    return this.moments.length - 1;
  }

  get place() {
    const gone = this.playing ? (performance.now() - this.since) / 1000 / this.seconds * this.last : 0;
    return Math.min(this.from + gone, this.last);
  }

  get isAtEnd() {
    return this.place >= this.last;
  }

  set(place, playing) {
    this.from = place;
    this.since = performance.now();
    this.playing = playing;
    clearTimeout(this.next);
    this.show();
  }

  play() {
    this.tell("play", this.place, 0);
    this.set(this.isAtEnd ? 0 : this.place, true);
  }

  stop(place, settle = 0) {
    this.set(place, false);
    this.tell("stop", place, settle);
  }

  tell(what, place, settle) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.waiting = 0;
      this.ask([this.run, what, place]);
    }, settle);
  }

  show() {
    const place = this.place, at = Math.floor(place + 1e-6);
    const does = this.isAtEnd ? "again" : this.playing ? "stop" : "play";
    const name = { again: this.words.again, stop: this.words.pause, play: this.words.play }[does];
    if (this.button.textContent !== name) this.button.textContent = name;
    this.button.dataset.does = does;
    if (this.slider.value !== String(at)) this.slider.value = String(at);
    const said = this.moments[at];
    if (this.said.textContent !== said) this.said.textContent = said;
    this.slider.setAttribute("aria-valuetext", said);
    if (this.playing && !this.isAtEnd) this.next = setTimeout(() => this.show(), 200);
  }

  end() {
    clearTimeout(this.next);
    clearTimeout(this.waiting);
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  let player = players.get(parentElement);
  if (!player) players.set(parentElement, (player = new Player(parentElement)));
  player.update(data, (asked) => setTriggerValue("asked", asked));
  return () => {
    if (!parentElement.isConnected) player.end();
  };
}
