// Brings what has just begun back into view where the page had been scrolled past it; what is in view stays where it is.
const HEADER = 72; // pixels at the top that the page's header covers, and a little air
const turns = new WeakMap();

export default function ({ data, parentElement }) {
  if (turns.get(parentElement) === data.turn) return;
  turns.set(parentElement, data.turn);
  const mark = parentElement.querySelector("i");
  mark.style.scrollMarginTop = `${HEADER}px`;
  if (mark.getBoundingClientRect().top < HEADER) mark.scrollIntoView({ block: "start" });
}
