// When the network should not answer: `judge` of `core.scores.doubt`, until the server has done the same.
const DIGIT = 1; // the guard's output for a digit; the other is for what is none

// `digit`: the guard's probability of one; `limits`: {leastDigit, leastConfidence}. Gives "sure", "unsure" or "no digit".
export function judge(digit, probabilities, { leastDigit, leastConfidence }) {
  if (digit < leastDigit) return "no digit";
  return Math.max(...probabilities) < leastConfidence ? "unsure" : "sure";
}

// The guard's probability that a picture of the shape that it reads is a digit.
export function likeADigit(guard, seen) {
  return guard.forward(seen).probabilities[DIGIT];
}
