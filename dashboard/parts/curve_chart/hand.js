// What a hand does with a chart: points at it, drags a box over the part to be drawn nearer, or presses keys.
import { valueAt } from "./axes.js";
import { beside, nearest } from "./curves.js";

export const DRAGGED = 8;  // pixels from which on a press is a drag
const LOW = 24;  // pixels: a lower box is meant to be as high as the chart

export class Hand {
  constructor(chart) {
    this.chart = chart;
    this.pressed = null;
    const { inside, root } = chart;
    inside.onpointerdown = (event) => this.press(event);
    inside.onpointermove = (event) => this.move(event);
    inside.onpointerup = (event) => this.release(event);
    inside.onpointercancel = () => this.drop();
    inside.onpointerleave = (event) => event.pointerType === "mouse" && !this.pressed && chart.pointAt(null);
    inside.ondblclick = () => chart.show(null);
    root.onkeydown = (event) => this.key(event);
    root.onblur = () => chart.pointAt(null);
  }

  at(event) {
    const box = this.chart.inside.getBoundingClientRect();
    const clamp = (value, most) => Math.min(Math.max(value, 0), most);
    return [clamp(event.clientX - box.x, this.chart.across), clamp(event.clientY - box.y, this.chart.high)];
  }

  press(event) {
    if (event.pointerType !== "mouse" || event.button) {
      this.move(event);
      return;
    }
    this.pressed = this.at(event);
    this.chart.inside.setPointerCapture(event.pointerId);
  }

  move(event) {
    const [x, y] = this.at(event);
    if (!this.pressed || Math.abs(x - this.pressed[0]) < DRAGGED) {
      this.chart.box.setAttribute("width", 0);
      this.chart.pointAt(nearest(this.chart.data.series, valueAt(x / this.chart.across, this.chart.ranges.x, false), this.chart.ranges.x));
      return;
    }
    this.chart.pointAt(null);
    const [left, top, width, height] = this.boxTo(x, y);
    for (const [name, value] of Object.entries({ x: left, y: top, width, height })) this.chart.box.setAttribute(name, value);
  }

  boxTo(x, y) {
    const [from, above] = this.pressed;
    const low = Math.abs(y - above) < LOW;
    return [Math.min(x, from), low ? 0 : Math.min(y, above), Math.abs(x - from), low ? this.chart.high : Math.abs(y - above)];
  }

  release(event) {
    if (!this.pressed) return;
    const [left, top, width, height] = this.boxTo(...this.at(event));
    this.drop();
    if (width < DRAGGED) return;
    const { x, y } = this.chart.ranges, log = this.chart.data.y.log;
    this.chart.show({
      x: [left, left + width].map((place) => valueAt(place / this.chart.across, x, false)),
      y: [top + height, top].map((place) => valueAt(1 - place / this.chart.high, y, log)),
    });
  }

  drop() {
    this.pressed = null;
    this.chart.box.setAttribute("width", 0);
  }

  key(event) {
    const { x } = this.chart.ranges, series = this.chart.data.series;
    const from = this.chart.pointed ?? nearest(series, x[1], x);
    const done = {
      ArrowLeft: () => this.chart.pointAt(beside(series, from, -1, x)),
      ArrowRight: () => this.chart.pointAt(beside(series, from, 1, x)),
      Home: () => this.chart.pointAt(nearest(series, x[0], x)),
      End: () => this.chart.pointAt(nearest(series, x[1], x)),
      "+": () => this.chart.drawNearer(0.5),
      "=": () => this.chart.drawNearer(0.5),
      "-": () => this.chart.drawNearer(2),
      Escape: () => { this.chart.pointAt(null); this.chart.show(null); },
    }[event.key];
    if (!done || event.ctrlKey || event.metaKey || event.altKey || from === null) return;
    event.preventDefault();
    done();
  }
}
