// Which units are shown, and which lines between them: products of what a unit gives and its weight, as in
// `core.explain.contributions`. What is shown keeps its place for as long as it still counts.
const SHOWN = 20; // units of each hidden layer; in the last, two for each of ten digits
const STAYS = 0.5; // of the best score outside: a shown unit that has as much keeps its place
const LINES = 36; // between two layers
const FROM_PIXELS = 2; // to each unit of the first layer

export class Evidence {
  constructor(network) {
    this.network = network;
    this.last = network.sizes.length - 1;
    this.answers = centred(network.weights[this.last - 1], network.sizes[this.last]);
    this.shown = network.sizes.map((size) => [...Array(size).keys()]);
    this.scores = network.sizes.map((size) => new Float32Array(size));
    this.chooseAtRest();
    this.atRest = Array.from({ length: this.last }, (_, layer) => (layer ? this.heaviest(layer) : []));
  }

  isWhole(layer) {
    return layer === 0 || layer === this.last || this.network.sizes[layer] <= SHOWN;
  }

  // Before anything is drawn: as if each unit gave as much as any other.
  chooseAtRest() {
    this.choose(this.network.sizes.map((size) => new Float32Array(size).fill(1)));
  }

  // From the answers backwards: the units that speak most for each digit, and those that weigh most on these.
  choose(activations) {
    for (let layer = this.last - 1; layer > 0; layer -= 1) {
      if (this.isWhole(layer)) continue;
      if (layer === this.last - 1) this.chooseSpeakers(activations[layer]);
      else this.chooseCarriers(layer, activations);
    }
  }

  chooseSpeakers(given) {
    const layer = this.last - 1, digits = this.network.sizes[this.last], each = SHOWN / digits;
    const shown = this.shown[layer], taken = new Set(), before = shown.length === SHOWN ? shown : [];
    const scores = this.scores[layer], places = [];
    for (let digit = 0; digit < digits; digit += 1) {
      for (let unit = 0; unit < given.length; unit += 1) scores[unit] = taken.has(unit) ? -Infinity : given[unit] * this.answers[unit * digits + digit];
      const found = settle(scores, before.slice(digit * each, (digit + 1) * each), each);
      found.forEach((unit) => taken.add(unit));
      places.push(...found);
    }
    this.shown[layer] = places;
  }

  chooseCarriers(layer, activations) {
    const weights = this.network.weights[layer], count = this.network.sizes[layer + 1], next = this.shown[layer + 1];
    const scores = this.scores[layer], given = activations[layer], heard = activations[layer + 1];
    for (let unit = 0; unit < given.length; unit += 1) {
      let sum = 0;
      if (given[unit]) for (const target of next) if (heard[target]) sum += Math.abs(weights[unit * count + target]);
      scores[unit] = Math.abs(given[unit]) * sum;
    }
    const before = this.shown[layer];
    this.shown[layer] = settle(scores, before.length === SHOWN ? before : [], SHOWN);
  }

  // [index of the source, index of the target, product], the strongest first; at the answers, as against all ten together.
  strongest(layer, given) {
    const count = this.network.sizes[layer + 1], lines = [];
    const weights = layer + 1 === this.last ? this.answers : this.network.weights[layer];
    this.shown[layer].forEach((unit, from) => {
      if (given[unit]) this.shown[layer + 1].forEach((target, to) => {
        lines.push([from, to, given[unit] * weights[unit * count + target]]);
      });
    });
    return lines.sort((a, b) => Math.abs(b[2]) - Math.abs(a[2])).slice(0, LINES);
  }

  heaviest(layer) {
    return this.strongest(layer, new Float32Array(this.network.sizes[layer]).fill(1)).map(([from, to]) => [from, to]);
  }

  // The pixels that weigh most on each shown unit of the first layer: [pixel, index of the unit, product].
  fromPixels(inputs) {
    const weights = this.network.weights[0], count = this.network.sizes[1], lines = [];
    this.shown[1].forEach((unit, index) => {
      const best = new Array(FROM_PIXELS).fill([0, 0]);
      for (let place = 0; place < inputs.length; place += 1) {
        if (inputs[place] === 0) continue; // as most are: their weights are not looked up
        const product = inputs[place] * weights[place * count + unit];
        if (Math.abs(product) <= Math.abs(best[FROM_PIXELS - 1][1])) continue;
        best[FROM_PIXELS - 1] = [place, product];
        best.sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
      }
      for (const [place, product] of best) if (product) lines.push([place, index, product]);
    });
    return lines.sort((a, b) => Math.abs(b[2]) - Math.abs(a[2]));
  }
}

// The `count` units with the highest scores, those of before in their old places where they still have about as much.
function settle(scores, before, count) {
  const best = [];
  for (let unit = 0; unit < scores.length; unit += 1) {
    if (best.length === count && scores[unit] <= scores[best[count - 1]]) continue;
    best.push(unit);
    best.sort((a, b) => scores[b] - scores[a]);
    best.length = Math.min(best.length, count);
  }
  const bar = STAYS * scores[best.at(-1)];
  const places = Array.from({ length: count }, (_, place) => (scores[before[place]] > 0 && scores[before[place]] >= bar ? before[place] : null));
  const newcomers = best.filter((unit) => !places.includes(unit));
  return places.map((unit) => unit ?? newcomers.shift());
}

// Weights (units, answers) less each unit's mean: a softmax does not see what all answers get alike.
function centred(weights, answers) {
  const result = new Float32Array(weights.length);
  for (let start = 0; start < weights.length; start += answers) {
    let mean = 0;
    for (let place = start; place < start + answers; place += 1) mean += weights[place] / answers;
    for (let place = start; place < start + answers; place += 1) result[place] = weights[place] - mean;
  }
  return result;
}
