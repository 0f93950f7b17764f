// The table of runs: real buttons and boxes in rows that keep their places while they are filled anew, so that whoever stands
// on one with the keyboard stays there. On a narrow screen a row is a card (table.css).
import { element } from "../look/element.js";

const tables = new WeakMap();

function button(kind, act) {
  const made = element("button", { type: "button", class: kind });
  made.onclick = act;
  return made;
}

class Row {
  constructor(id, act) {
    this.star = button("star", () => act("star", id));
    this.name = button("name", () => act("watch", id));
    this.note = element("small", { class: "note" });
    this.box = element("input", { type: "checkbox" });
    this.box.onchange = () => act("compare", id);
    this.cells = Object.fromEntries(["score", "settings", "time", "state", "begun"].map((name) => [name, element("span")]));
    this.between = element("small");
    const cell = (name, ...inside) => element("td", { class: name }, ...inside);
    this.row = element("tr", {},
      cell("starred", this.star), cell("title", this.name, this.note),
      cell("score", this.cells.score, this.between), cell("settings", this.cells.settings), cell("time", this.cells.time),
      cell("begun", this.cells.begun), cell("state", this.cells.state), cell("compare", element("label", {}, this.box)));
  }

  fill(run, words) {
    for (const [name, place] of Object.entries(this.cells)) place.textContent = run[name];
    this.name.textContent = run.title;
    this.note.textContent = run.note;
    this.between.textContent = run.between;
    this.star.textContent = run.starred ? "★" : "☆";
    this.star.setAttribute("aria-pressed", String(run.starred));
    this.star.setAttribute("aria-label", `${words.star}: ${run.title}`);
    this.star.disabled = !run.mine;
    this.name.setAttribute("aria-current", String(run.watched));
    this.box.checked = run.compared;
    this.box.setAttribute("aria-label", `${words.compare}: ${run.title}`);
    this.row.className = `${run.watched ? "watched" : ""} ${run.active ? "active" : ""}`;
  }
}

class Table {
  constructor(root) {
    this.root = root.querySelector("table");
    this.head = element("tr");
    this.body = element("tbody");
    this.rows = new Map();
    this.heads = new Map();
    this.root.replaceChildren(element("thead", {}, this.head), this.body);
  }

  update(data, act) {
    this.root.setAttribute("aria-label", data.label);
    this.act = act;
    this.showHead(data.columns);
    const ids = data.rows.map((run) => run.id);
    for (const [id, row] of this.rows) {
      if (ids.includes(id)) continue;
      row.row.remove();
      this.rows.delete(id);
    }
    data.rows.forEach((run, place) => this.showRow(run, place, data.words));
  }

  showHead(columns) {
    if (this.heads.size !== columns.length) {
      this.head.replaceChildren(...columns.map(({ key, sorts }) => {
        const inside = sorts ? button("sort", () => this.act("sort", key)) : element("span");
        this.heads.set(key, inside);
        return element("th", { class: key, scope: "col" }, inside);
      }));
    }
    for (const { key, title, sorted } of columns) {
      const place = this.heads.get(key);
      place.textContent = title + ({ up: " ↑", down: " ↓" }[sorted] || "");
      place.parentElement.setAttribute("aria-sort", { up: "ascending", down: "descending" }[sorted] || "none");
    }
  }

  showRow(run, place, words) {
    let row = this.rows.get(run.id);
    if (!row) this.rows.set(run.id, (row = new Row(run.id, (what, id) => this.act(what, id))));
    row.fill(run, words);
    if (this.body.children[place] === row.row) return;
    const { activeElement } = this.root.getRootNode();
    this.body.insertBefore(row.row, this.body.children[place] || null);
    if (row.row.contains(activeElement)) activeElement.focus({ preventScroll: true });
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  let table = tables.get(parentElement);
  if (!table) tables.set(parentElement, (table = new Table(parentElement)));
  table.update(data, (what, which) => setTriggerValue("act", [what, which]));
}
