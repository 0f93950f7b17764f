// A network in the browser: reads what `core.models.packed.pack` wrote; `forward` is `core.models.forward.forward` and
// `Model.predict` for one picture.
const LEAK = 0.01;  // slope of the leaky ReLU below zero, as in `core.network.activations`

// Each overwrites sums (`core.network.activations`).
const ACTIVATIONS = {
  sigmoid: (sums) => { for (let k = 0; k < sums.length; k++) sums[k] = 1 / (1 + Math.exp(-sums[k])); },
  tanh: (sums) => { for (let k = 0; k < sums.length; k++) sums[k] = Math.tanh(sums[k]); },
  relu: (sums) => { for (let k = 0; k < sums.length; k++) if (sums[k] < 0) sums[k] = 0; },
  leaky_relu: (sums) => { for (let k = 0; k < sums.length; k++) if (sums[k] < 0) sums[k] *= LEAK; },
  identity: () => {},
};

// And these the sums of the output layer (`core.network.losses`).
const OUTPUTS = { sigmoid: ACTIVATIONS.sigmoid, softmax: (sums) => normalise(exponentials(sums)) };

export class Network {
  // `buffer`: an ArrayBuffer. Throws where it is not a packed network.
  static parse(buffer) {
    const length = new DataView(buffer).getUint32(0, true);
    const about = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    const start = 4 + length;
    const values = about.dtype === "float16" ? halves(new Uint16Array(buffer, start)) : new Float32Array(buffer, start);
    return new Network(about, values);
  }

  constructor({ sizes, activation, output, bias, gain, offset, temperature }, values) {
    Object.assign(this, { sizes, activation, output, gain, offset, temperature });
    const layers = sizes.slice(1).map((_, layer) => [sizes[layer], sizes[layer + 1]]);
    let at = 0;
    const take = (count) => values.subarray(at, (at += count));
    this.weights = layers.map(([fanIn, fanOut]) => take(fanIn * fanOut));
    this.biases = bias ? layers.map(([, fanOut]) => take(fanOut)) : [];
    if (at !== values.length) throw new RangeError(`A network of ${sizes} has ${at} values, not ${values.length}.`);
    this.sums = sizes.map((size) => new Float64Array(size));
    this.activations = sizes.map((size) => new Float32Array(size));
    this.probabilities = new Float32Array(sizes.at(-1));
    this.live = new Int32Array(Math.max(...sizes));
  }

  // `seen`: pixels in 0..1, Float32Array. Gives what each layer gives, the scaled input first and the outputs last, and the
  // probabilities. All of them are overwritten by the next call.
  forward(seen) {
    const { activations, sums, weights, biases } = this;
    for (let k = 0; k < seen.length; k++) activations[0][k] = seen[k] * this.gain + this.offset;
    weights.forEach((matrix, layer) => {
      const total = sums[layer + 1];
      if (biases.length) total.set(biases[layer]);
      else total.fill(0);
      addProduct(total, activations[layer], matrix, this.live);
      (layer === weights.length - 1 ? OUTPUTS[this.output] : ACTIVATIONS[this.activation])(total);
      activations[layer + 1].set(total);
    });
    this.probabilities.set(this.calibrated(sums.at(-1)));
    return { activations, probabilities: this.probabilities };
  }

  // As `Model.predict`: sigmoid outputs are divided by their sum, and the temperature says how sure to be.
  calibrated(outputs) {
    if (this.output !== "softmax") normalise(outputs);
    if (this.temperature === 1) return outputs;
    for (let k = 0; k < outputs.length; k++) outputs[k] = Math.log(outputs[k]) / this.temperature;
    return normalise(exponentials(outputs));
  }
}

// total += row @ matrix, with `matrix` (row.length, total.length) row by row. Most pixels are blank and many units silent:
// their weights are never looked at. Four at a time, as reading and writing the sums costs as much as adding to them.
function addProduct(total, row, matrix, live) {
  const width = total.length;
  let count = 0, next = 0;
  for (let k = 0; k < row.length; k++) if (row[k] !== 0) live[count++] = k;
  for (; next + 3 < count; next += 4) {
    const a = live[next], b = live[next + 1], c = live[next + 2], d = live[next + 3];
    const byA = row[a], byB = row[b], byC = row[c], byD = row[d];
    const atA = a * width, atB = b * width, atC = c * width, atD = d * width;
    for (let k = 0; k < width; k++) {
      total[k] += byA * matrix[atA + k] + byB * matrix[atB + k] + byC * matrix[atC + k] + byD * matrix[atD + k];
    }
  }
  for (; next < count; next++) {
    const by = row[live[next]], at = live[next] * width;
    for (let k = 0; k < width; k++) total[k] += by * matrix[at + k];
  }
}

// Overwrites sums by their exponentials; the largest is taken off first, so that none overflows.
function exponentials(sums) {
  const largest = Math.max(...sums);
  for (let k = 0; k < sums.length; k++) sums[k] = Math.exp(sums[k] - largest);
  return sums;
}

// Overwrites values by their shares; where all are silent, none is likelier.
function normalise(values) {
  let total = 0;
  for (let k = 0; k < values.length; k++) total += values[k];
  for (let k = 0; k < values.length; k++) values[k] = total > 0 ? values[k] / total : 1 / values.length;
  return values;
}

// IEEE 754 half precision as single precision: sign, five bits of exponent, ten of fraction.
function halves(stored) {
  const table = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
    if (exponent === 31) table[bits] = fraction ? NaN : sign * Infinity;
    else table[bits] = sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
  }
  const values = new Float32Array(stored.length);
  for (let k = 0; k < stored.length; k++) values[k] = table[stored[k]];
  return values;
}
