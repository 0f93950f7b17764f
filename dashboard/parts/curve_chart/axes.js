// Axes: from a value to its place and back, and the numbers that are written beside them.
const LEAST = 1e-12;  // what a logarithmic axis makes of zero

// A value as a share of the axis, 0 at its low end and 1 at its high one.
export function shareOf(value, [low, high], log) {
  if (!log) return (value - low) / (high - low);
  return Math.log(Math.max(value, LEAST) / low) / Math.log(high / low);
}

export function valueAt(share, [low, high], log) {
  return log ? low * (high / low) ** share : low + share * (high - low);
}

// Round values within the axis, about so many, each with as many decimals as tell it from its neighbours.
export function ticks(range, log, count) {
  return (log && powers(range)) || even(range, count);
}

function even([low, high], count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((times) => times * power >= rough * 0.999) * power;
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(low / step - 1e-9);
  const number = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: number }, (_, at) => ({ value: (first + at) * step, decimals }));
}

// Powers of ten, and their halves and fifths where there are few; null where even those are too few.
function powers([low, high]) {
  const decades = Math.log10(high / low);
  const found = [];
  for (let power = Math.floor(Math.log10(low) - 1e-9); power <= Math.log10(high) + 1e-9; power++) {
    for (const times of decades > 3 ? [1] : [1, 2, 5]) {
      const value = times * 10 ** power;
      if (value >= low * 0.999 && value <= high * 1.001) found.push({ value, decimals: Math.max(0, -power) });
    }
  }
  return found.length > 2 ? found : null;
}
