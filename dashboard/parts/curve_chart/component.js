import { Chart } from "./chart.js";

const charts = new WeakMap();

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".chart");
  let chart = charts.get(root);
  if (!chart) charts.set(root, (chart = new Chart(root)));
  chart.update(data);
  return () => {
    if (!parentElement.isConnected) chart.end();
  };
}
