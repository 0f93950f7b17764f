// A pad of ours as a component of Streamlit: it is read on the server while the pen still moves.
import { Pad } from "./pad.js";

const pads = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  let pad = pads.get(parentElement);
  if (!pad) pads.set(parentElement, (pad = new Pad(parentElement)));
  const paper = parentElement.querySelector(".paper");
  paper.style.width = `${data.width}px`;
  paper.style.aspectRatio = `${data.width} / ${data.height}`;
  pad.update(data, (drawing) => setStateValue("drawing", drawing));
  if (data.answer && data.answer !== pad.told) parentElement.querySelector(".said").textContent = data.answer;
  pad.told = data.answer;
  // Streamlit may also call this when a later call has already taken over the pad, which then has to go on.
  return () => {
    if (!parentElement.isConnected) pad.stopWaiting();
  };
}
