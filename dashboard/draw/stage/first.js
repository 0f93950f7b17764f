// The stage before Streamlit has come (`first.py`): it reads with the light network, and gives the drawing to the real page.
import { Stage } from "./stage.js";

const LATEST = 30000; // milliseconds from Streamlit's first run of the page for which its stage is waited for

const place = document.getElementById("digit-lab-first");
const root = place.querySelector(".first-board").shadowRoot;
const data = JSON.parse(place.querySelector(".first-data").textContent);
const stage = new Stage(root);

// The real stage takes over, between two strokes.
function giveTo(next) {
  globalThis.digitLabFirst.next = next;
  if (stage.pad.pen.isDown) return;
  leave();
  next.adopt(stage);
}

function leave() {
  const focused = root.activeElement?.matches(".ink");
  const { next } = globalThis.digitLabFirst;
  delete globalThis.digitLabFirst;
  globalThis.digitLabLater();
  watch.disconnect();
  clearTimeout(latest);
  stage.end();
  place.remove();
  if (focused) next?.pad.ink.focus();
}

let latest;

// Where Streamlit shows something else in place of a stage, an error above all, that has to be seen.
const watch = new MutationObserver(() => {
  const page = document.getElementById("root");
  if (!page.querySelector("[data-test-script-state=notRunning]")) return;
  latest ??= setTimeout(() => !globalThis.digitLabFirst?.next && globalThis.digitLabFirst && leave(), LATEST);
  const isFull = page.querySelector("h1, [data-testid=stAlert], [data-testid=stException]");
  if (isFull && !page.querySelector(".st-key-stage")) leave();
});
// Between two strokes: what waited for the hand. Streamlit's scripts would stop it for as long as they take to start.
function goOn() {
  if (stage.pad.pen.isDown || !globalThis.digitLabFirst) return;
  if (stage.reader.network) globalThis.digitLabLater();
  if (globalThis.digitLabFirst.next) giveTo(globalThis.digitLabFirst.next);
}

globalThis.digitLabFirst = { giveTo, next: null };
const useNetwork = stage.reader.onnetwork;
stage.reader.onnetwork = () => {
  useNetwork();
  goOn();
};
for (const type of ["pointerup", "pointercancel"]) root.addEventListener(type, () => setTimeout(goOn));
watch.observe(document.getElementById("root"), { subtree: true, childList: true, attributes: true });
stage.update(data);
