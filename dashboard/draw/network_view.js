// Draws what `network_view.py` worked out. The chosen unit is remembered here, from one drawing to the next.
const SVG = "http://www.w3.org/2000/svg";
const TOP = 46, RADIUS = 9, GAP = 25, LEAST = 58;
const ROOMY = 520; // from this width on there is room for the answers' percentages

function make(name, attributes, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// Where everything stands: the picture on the left, one column for each layer, units evenly spread over the height.
function places(data, width) {
  const left = data.columns * data.scale, count = data.layers.length;
  const height = Math.max(...data.layers.map((layer) => layer.units.length)) * GAP;
  const right = width >= ROOMY ? 90 : 36;
  const total = Math.max(width, left + count * LEAST + right);
  const step = (total - left - right) / count;
  const pictureTop = TOP + (height - data.rows * data.scale) / 2;
  const pixel = (k) => ({
    x: ((k % data.columns) + 0.5) * data.scale,
    y: pictureTop + (Math.floor(k / data.columns) + 0.5) * data.scale,
  });
  const unit = (layer, index) => ({
    x: left + (layer + 1) * step,
    y: TOP + ((index + 0.5) * height) / data.layers[layer].units.length,
  });
  return { total, height: TOP + height + 6, right, pictureTop, pixel, unit };
}

function line(place, layer, [source, target, strength], opacity) {
  const from = layer ? place.unit(layer - 1, source) : place.pixel(source), to = place.unit(layer, target);
  const bend = (to.x - from.x) / 2;
  return make("path", {
    class: `line ${strength < 0 ? "against" : "for"}`,
    d: `M${from.x} ${from.y} C${from.x + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}`,
    "stroke-width": 0.6 + 2.4 * Math.abs(strength),
    "stroke-opacity": opacity * (0.35 + 0.65 * Math.abs(strength)),
  });
}

function unitNode(unit, { x, y }, right, winner) {
  const level = Math.min(1, Math.abs(unit.level));
  const node = make("g", { class: `unit${winner ? " winner" : ""}`, role: "button", "aria-label": unit.label, "data-unit": unit.id },
    make("rect", { class: "hit", x: x - 20, y: y - GAP / 2, width: unit.text ? right + 18 : 40, height: GAP }),
    make("circle", { class: "back", cx: x, cy: y, r: RADIUS }),
    make("circle", { class: "disc", cx: x, cy: y, r: RADIUS, "fill-opacity": 0.04 + 0.9 * level }),
    make("circle", { class: "ring", cx: x, cy: y, r: RADIUS + 3 }),
    make("title", {}, unit.label));
  if (unit.level < 0) node.append(make("line", { class: "minus", x1: x - 4, x2: x + 4, y1: y, y2: y }));
  if (unit.text) {
    node.append(make("text", { x: x + 17, y: y + 5, "font-size": 16 }, unit.text));
    if (right > 60) node.append(make("text", { x: x + 32, y: y + 5, class: "number quiet", "font-size": 12 }, unit.given));
  }
  return node;
}

function write(box, unit) {
  const table = document.createElement("table");
  const row = (cells, kind = "") => {
    const drawn = table.insertRow();
    drawn.className = kind;
    for (const text of cells) drawn.insertCell().textContent = text;
  };
  unit.rows.forEach((cells) => row(cells));
  row(unit.sum, "total");
  unit.after.forEach((cells) => row(cells, "after"));
  const title = document.createElement("h5"), sentence = document.createElement("p");
  title.textContent = unit.title;
  sentence.textContent = unit.sentence;
  const hint = document.createElement("p");
  hint.textContent = unit.hint;
  box.replaceChildren(title, sentence, table, hint);
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".net");
  const drawing = root.querySelector(".drawing"), box = root.querySelector(".sum");
  const units = data.layers.flatMap((layer, l) => layer.units.map((unit, index) => ({ unit, layer: l, index })));
  const find = (id) => units.find((each) => each.unit.id === id);
  let nodes = new Map(), over, image, place;

  const chosen = () => find(root.chosenUnit) ?? find(data.chosen);

  function mark() {
    const { unit, layer, index } = chosen();
    for (const [id, node] of nodes) {
      node.setAttribute("aria-pressed", String(id === unit.id));
      node.setAttribute("tabindex", id === unit.id ? "0" : "-1");
    }
    over.replaceChildren(...unit.links.map(([source, , strength]) => line(place, layer, [source, index, strength], 1)));
    image.setAttribute("href", unit.tint || data.picture);
    write(box, unit);
  }

  function choose(id) {
    root.chosenUnit = id;
    box.setAttribute("aria-live", "polite"); // said aloud from now on; not with every stroke before
    mark();
  }

  function move(event, { layer, index }) {
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!step) return;
    event.preventDefault();
    const to = Math.min(Math.max(layer + step[0], 0), data.layers.length - 1);
    const share = data.layers[to].units.length / data.layers[layer].units.length;
    const row = step[0] ? Math.floor((index + 0.5) * share) : index + step[1];
    const next = data.layers[to].units[Math.min(Math.max(row, 0), data.layers[to].units.length - 1)];
    nodes.get(next.id).focus();
  }

  function draw() {
    root.classList.toggle("wide", root.clientWidth >= 780);
    place = places(data, drawing.clientWidth);
    const svg = make("svg", { width: place.total, height: place.height, role: "group", "aria-label": data.label });
    const side = [data.columns * data.scale, data.rows * data.scale];
    image = make("image", { x: 0, y: place.pictureTop, width: side[0], height: side[1], href: data.picture });
    svg.append(make("text", { x: 0, y: 15 }, data.picture_title),
      make("text", { x: 0, y: 32, class: "quiet", "font-size": 12 }, data.picture_note),
      image, make("rect", { class: "frame", x: 0.5, y: place.pictureTop, width: side[0], height: side[1] }));
    data.lines.forEach((lines, layer) => svg.append(...lines.map((each) => line(place, layer, each, 0.24))));
    over = make("g", {});
    svg.append(over);
    nodes = new Map();
    data.layers.forEach((layer, l) => {
      const last = l === data.layers.length - 1, x = place.unit(l, 0).x;
      const title = last ? { x: place.total - 2, "text-anchor": "end" } : { x, "text-anchor": "middle" };
      svg.append(make("text", { ...title, y: 15 }, layer.title),
        make("text", { x, y: 32, class: "quiet", "font-size": 12, "text-anchor": "middle" }, layer.note));
      layer.units.forEach((unit, index) => {
        const node = unitNode(unit, place.unit(l, index), place.right, unit.id === data.chosen);
        node.onclick = () => choose(unit.id);
        node.onkeydown = (event) => {
          if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            choose(unit.id);
          } else move(event, { layer: l, index });
        };
        nodes.set(unit.id, node);
        svg.append(node);
      });
    });
    const focused = drawing.getRootNode().activeElement?.dataset?.unit;
    drawing.replaceChildren(svg);
    mark();
    if (focused) nodes.get(focused)?.focus();
  }

  let width = root.clientWidth;
  root.watch?.disconnect(); // that of the drawing before: Streamlit ends no call but the last
  root.watch = new ResizeObserver(() => {
    if (root.clientWidth === width || !root.clientWidth) return;
    width = root.clientWidth;
    draw();
  });
  root.watch.observe(root);
  draw();
  return () => {
    if (!root.isConnected) root.watch.disconnect();
  };
}
