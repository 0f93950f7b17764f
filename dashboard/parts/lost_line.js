// Says that the line to the server is gone, and closes the box in which Streamlit says it: that would hold up the whole page.
const GONE = "[data-testid=stConnectionStatus]"; // which Streamlit shows as long as it has no connection
const BOX = "[data-testid=stDialog]"; // without a connection, none comes but Streamlit's own
const LOOK = 500; // milliseconds between two looks, of which two in a row must find it gone: a moment is no matter
const lines = new WeakMap();

class Line {
  constructor(root) {
    this.place = root.querySelector("p");
    this.times = 0;
    this.boxes = new MutationObserver((changes) => changes.forEach(closeBox));
    this.boxes.observe(document.body, { childList: true });
    this.timer = setInterval(() => this.look(), LOOK);
  }

  look() {
    this.times = isGone() ? this.times + 1 : 0;
    const text = this.times >= 2 ? this.gone : "";
    if (this.place.textContent !== text) this.place.textContent = text;
  }

  end() {
    clearInterval(this.timer);
    this.boxes.disconnect();
  }
}

function isGone() {
  return document.querySelector(GONE) !== null;
}

function closeBox({ addedNodes }) {
  if (!isGone()) return;
  for (const node of addedNodes) {
    if (node.matches?.(BOX)) node.querySelector("button")?.click();
  }
}

export default function ({ data, parentElement }) {
  let line = lines.get(parentElement);
  if (!line) lines.set(parentElement, (line = new Line(parentElement)));
  line.gone = data.gone;
  return () => {
    if (parentElement.isConnected) return;
    lines.delete(parentElement);
    line.end();
  };
}
