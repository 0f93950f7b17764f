// Frames one after another, played, or moved through by hand or keys. Who extends it says which is the `last`, and shows one.
export class Frames {
  // The root holds a button `.play` and a slider `.time`; a frame stands for so many milliseconds.
  constructor(root, milliseconds) {
    Object.assign(this, { root, milliseconds, play: root.querySelector(".play"), time: root.querySelector(".time") });
    this.at = -1;
    this.timer = 0;
    this.time.oninput = () => this.go(Number(this.time.value));
    this.play.onclick = () => (this.timer ? this.pause() : this.start());
  }

  go(at) {
    this.pause();
    this.show(at);
  }

  start() {
    if (this.at >= this.last) this.show(0);
    this.timer = setInterval(() => {
      if (this.root.isConnected) this.show(this.at + 1);
      if (this.at >= this.last || !this.root.isConnected) this.pause(); // its page has been left
    }, this.milliseconds);
    this.name();
  }

  pause() {
    clearInterval(this.timer);
    this.timer = 0;
    this.name();
  }

  name() {
    const { words } = this.data;
    this.play.textContent = this.timer ? "❚❚" : "▶";
    this.play.setAttribute("aria-label", this.timer ? words.pause : words.play);
  }
}
