import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { adam, type AdamOptions, type AdamState } from "../../lib/meta/mod.ts";
import { leafAt } from "../_util/network.ts";

type Arrays = Record<string, Float32Array>;

/** Two steps from θ = 2 by gradients 0.5 and −1.5 at rate 0.01. */
function twoSteps(name: string, options: AdamOptions): { theta: number[]; state: AdamState } {
  const optimizer = adam(options);
  let params: Arrays = { [name]: Float32Array.of(2) };
  let state = optimizer.init(params);
  const theta = [0.5, -1.5].map((gradient) => {
    const moved = optimizer.update({ [name]: Float32Array.of(gradient) }, state, params, 0.01);
    params = moved.params as Arrays;
    state = moved.state;
    return params[name]![0]!;
  });
  return { theta, state };
}

/*
 * By hand, without decay. Step 1: m = 0.05, v = 2.5e-4; m̂ = 0.5, v̂ = 0.25, so θ = 2 − 0.01 · 0.5 / 0.5 = 1.99.
 * Step 2: m = 0.9 · 0.05 − 0.15 = −0.105, v = 0.999 · 2.5e-4 + 2.25e-3 = 2.49975e-3; m̂ = −0.105 / 0.19 = −0.5526316,
 * v̂ = 2.49975e-3 / 1.999e-3 = 1.2505003, √v̂ = 1.1182577, so θ = 1.99 + 0.01 · 0.4941899 = 1.9949419.
 * With decay 0.1 the gradients are 0.7 and −1.5 + 0.1 · 1.99 = −1.301: θ = 1.99; then m = 0.9 · 0.07 − 0.1301 = −0.0671,
 * v = 0.999 · 4.9e-4 + 1.692601e-3 = 2.182111e-3; m̂ = −0.3531579, √v̂ = √1.0916013 = 1.0447973; θ = 1.9933802.
 */
const PLAIN = [1.99, 1.9949419];
const DECAYED = [1.99, 1.9933802];

for (
  const [what, name, options, expected] of [
    ["moves as worked out by hand", "w", {}, PLAIN],
    ["adds the decay to the gradient of a filter, as PyTorch's Adam", "w", { weightDecay: 0.1 }, DECAYED],
    ["lets no bias decay", "b", { weightDecay: 0.1 }, PLAIN],
    ["lets no γ decay", "gamma", { weightDecay: 0.1 }, PLAIN],
    ["lets what it is told decay", "b", { weightDecay: 0.1, decays: () => true }, DECAYED],
  ] as const
) {
  Deno.test(`adam() ${what}`, () => {
    twoSteps(name, options).theta.forEach((value, i) => assertAlmostEquals(value, expected[i]!, 2e-7));
  });
}

Deno.test("adam() keeps its step and its moments in float32", () => {
  const { state } = twoSteps("w", {});
  assertEquals(state.step, 2);
  assertEquals(state.first, { w: Float32Array.of(0.9 * Math.fround(0.05) - 0.15) });
  assertEquals(state.second.w instanceof Float32Array, true);
});

Deno.test("adam() takes its own decays of the moments and ε", () => {
  // β1 = β2 = 0: the step is rate · g / (|g| + ε).
  const optimizer = adam({ beta1: 0, beta2: 0, epsilon: 1 });
  const params = { w: Float32Array.of(0, 0) };
  const { params: moved } = optimizer.update({ w: Float32Array.of(1, -3) }, optimizer.init(params), params, 1);
  assertEquals(moved, { w: Float32Array.of(-0.5, 0.75) });
});

Deno.test("adam() changes nothing in place and keeps the structure of θ", () => {
  const params = { head: { w: Float32Array.of(1, 2), b: Float32Array.of(3) } };
  const optimizer = adam({ weightDecay: 1 });
  const state = optimizer.init(params);
  const gradient = { head: { w: Float32Array.of(1, -1), b: Float32Array.of(0) } };
  const moved = optimizer.update(gradient, state, params, 0.5);
  assertEquals(params, { head: { w: Float32Array.of(1, 2), b: Float32Array.of(3) } });
  assertEquals([state.step, state.first], [0, { head: { w: new Float32Array(2), b: new Float32Array(1) } }]);
  assertEquals(gradient.head.w, Float32Array.of(1, -1));
  assertEquals(leafAt(moved.params, "head.b"), Float32Array.of(3));
  assertThrows(() => optimizer.update({ head: { w: Float32Array.of(1, 2) } }, state, params, 1), TypeError, "head.b");
});
