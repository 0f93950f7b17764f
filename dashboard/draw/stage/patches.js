// Which ink hangs together: `scipy.ndimage.label` with diagonal neighbours, as `core.drawings.ink.without_specks` uses it.
let labels = new Int32Array(0), stack = new Int32Array(0);  // in use again and again

export class Patches {
  // Of `ink`, rows of `width` pixels, what is more than `level` within `box`: to which patch each pixel belongs, numbered
  // from 1, and of each patch how many pixels and how much ink it has.
  constructor(ink, width, box, level) {
    if (labels.length !== ink.length) {
      labels = new Int32Array(ink.length);
      stack = new Int32Array(ink.length);
    }
    this.labels = labels;
    this.areas = [];
    this.masses = [];
    for (let row = box.top; row < box.bottom; row++) labels.fill(0, row * width + box.left, row * width + box.right);
    for (let row = box.top; row < box.bottom; row++) {
      for (let at = row * width + box.left; at < row * width + box.right; at++) {
        if (labels[at] === 0 && ink[at] > level) this.fill(at, ink, width, box, level);
      }
    }
  }

  // Goes from one pixel to all that hang together with it.
  fill(start, ink, width, box, level) {
    const label = this.areas.length + 1;
    let area = 0, mass = 0, waiting = 1;
    stack[0] = start;
    labels[start] = label;
    while (waiting > 0) {
      const at = stack[--waiting], row = Math.floor(at / width), column = at - row * width;
      area++;
      mass += ink[at];
      const left = Math.max(column - 1, box.left), right = Math.min(column + 1, box.right - 1);
      for (let y = Math.max(row - 1, box.top); y <= Math.min(row + 1, box.bottom - 1); y++) {
        for (let near = y * width + left; near <= y * width + right; near++) {
          if (labels[near] !== 0 || !(ink[near] > level)) continue;
          labels[near] = label;
          stack[waiting++] = near;
        }
      }
    }
    this.areas.push(area);
    this.masses.push(mass);
  }
}
