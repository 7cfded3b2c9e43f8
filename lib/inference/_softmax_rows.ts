/**
 * Class probabilities of logits `[B, N]`, divided by a temperature first. What is no number makes its row so.
 *
 * @returns `[B, N]`.
 */
export function softmaxRows(logits: Float32Array, classes: number, temperature = 1): Float32Array {
  const out = new Float32Array(logits.length);
  for (let at = 0; at < logits.length; at += classes) {
    const row = Array.from(logits.subarray(at, at + classes), (logit) => logit / temperature);
    const highest = Math.max(...row);
    const powers = row.map((logit) => Math.exp(logit - highest));
    const sum = powers.reduce((a, b) => a + b, 0);
    out.set(powers.map((power) => power / sum), at);
  }
  return out;
}
