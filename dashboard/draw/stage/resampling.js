// `core.drawings.preprocess._resampling`: a picture of another size, by exact area to shrink and by Keys' cubics to grow.

// The rectangle `top` to before `bottom`, `left` to before `right` of a picture with rows of `width` pixels, as
// `newHeight` rows of `newWidth`: a new Float64Array of values in 0..1.
export function resample({ pixels, width, top, bottom, left, right }, newHeight, newWidth) {
  const rows = resampling(bottom - top, newHeight), columns = resampling(right - left, newWidth);
  const across = right - left;
  const between = new Float64Array(newHeight * across);
  rows.forEach(({ first, weights }, row) => {
    weights.forEach((weight, number) => {
      const from = (top + first + number) * width + left;
      for (let column = 0; column < across; column++) between[row * across + column] += weight * pixels[from + column];
    });
  });
  const result = new Float64Array(newHeight * newWidth);
  for (let row = 0; row < newHeight; row++) {
    columns.forEach(({ first, weights }, column) => {
      const from = row * across + first;
      let sum = 0;
      for (let number = 0; number < weights.length; number++) sum += weights[number] * between[from + number];
      result[row * newWidth + column] = Math.min(Math.max(sum, 0), 1);
    });
  }
  return result;
}

// For each pixel of a new line of `newSize`, from which pixel of the old one its weights begin; they add up to 1.
function resampling(size, newSize) {
  const scale = newSize / size;
  return Array.from({ length: newSize }, (_, place) => {
    const [low, high, weigh] = scale <= 1 ? area(place, scale) : cubic(place, scale);
    const first = Math.max(Math.floor(low), 0), end = Math.min(Math.ceil(high), size);
    const weights = Float64Array.from({ length: end - first }, (unused, number) => weigh(first + number));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: weights.map((weight) => weight / total) };
  });
}

function area(place, scale) {
  const left = place / scale, right = (place + 1) / scale;
  return [left, right, (pixel) => Math.max(Math.min(right, pixel + 1) - Math.max(left, pixel), 0)];
}

// Keys' cubic with a = -0.5, which reaches two pixels to either side.
function cubic(place, scale) {
  const middle = (place + 0.5) / scale - 0.5;
  const weigh = (pixel) => {
    const distance = Math.abs(middle - pixel);
    if (distance < 1) return (1.5 * distance - 2.5) * distance ** 2 + 1;
    return distance < 2 ? ((-0.5 * distance + 2.5) * distance - 4) * distance + 2 : 0;
  };
  return [middle - 2, middle + 3, weigh];
}
