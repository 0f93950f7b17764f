// The stage as a component of Streamlit: what the server says goes to the stage, what was drawn goes to the server.
import { Stage } from "./stage.js";

const stages = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  let stage = stages.get(parentElement);
  if (!stage) stages.set(parentElement, (stage = new Stage(parentElement)));
  stage.asking.tell = (drawing) => setStateValue("drawing", drawing);
  stage.update(data);
  if (globalThis.digitLabFirst) globalThis.digitLabFirst.giveTo(stage); // what was drawn before this page had come: see first.js
  else document.getElementById("digit-lab-first")?.remove(); // whose script has failed
  // Streamlit may also call this when a later call has already taken over the stage, which then has to go on.
  return () => {
    if (!parentElement.isConnected) stage.end();
  };
}
