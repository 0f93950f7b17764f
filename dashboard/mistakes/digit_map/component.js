import { DigitMap } from "./map.js";

const maps = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".map");
  let map = maps.get(root);
  if (!map) maps.set(root, (map = new DigitMap(root)));
  map.update(data, (loop) => setTriggerValue("loop", loop));
  return () => {
    if (!parentElement.isConnected) map.end();
  };
}
