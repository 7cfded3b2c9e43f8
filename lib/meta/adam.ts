import { mapTree, type Tree, zipTrees } from "../tree/mod.ts";

/** An optimiser as a pair of pure functions over trees of arrays. */
export interface Optimizer<State> {
  init(params: Tree<Float32Array>): State;
  /** The next parameters and state; nothing is changed in place. */
  update(
    gradient: Tree<Float32Array>,
    state: State,
    params: Tree<Float32Array>,
    rate: number,
  ): { readonly params: Tree<Float32Array>; readonly state: State };
}

/** Moments of {@linkcode adam}, rounded to float32 at each step: what a checkpoint holds, so resuming is exact. */
export interface AdamState {
  readonly step: number;
  readonly first: Tree<Float32Array>;
  readonly second: Tree<Float32Array>;
}

/** Options of {@linkcode adam}. */
export interface AdamOptions {
  /** Decay of the first moment; default 0.9. */
  readonly beta1?: number;
  /** Decay of the second moment; default 0.999. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Weight decay coupled as in PyTorch's Adam: added to the gradient; default 0. */
  readonly weightDecay?: number;
  /** Which parameters decay, by path; default those named `w`, so neither norms nor biases. */
  readonly decays?: (path: string) => boolean;
}

/**
 * Adam: m ← β1 m + (1 − β1) g, v ← β2 v + (1 − β2) g², θ ← θ − rate · m̂ / (√v̂ + ε), with g the gradient plus decay · θ.
 *
 * @param options Decays and weight decay.
 * @returns The optimiser.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { adam } from "./mod.ts";
 * const optimizer = adam();
 * const theta = { w: Float32Array.of(1) };
 * const { params } = optimizer.update({ w: Float32Array.of(5) }, optimizer.init(theta), theta, 0.1);
 * assertAlmostEquals((params.w as Float32Array)[0]!, 0.9, 1e-6); // the first step has the size of the rate
 * ```
 *
 * Source: Kingma and Ba (2015); coupled decay as in torch.optim.Adam.
 */
export function adam(options: AdamOptions = {}): Optimizer<AdamState> {
  const {
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
    weightDecay = 0,
    decays = (path) => path === "w" || path.endsWith(".w"),
  } = options;
  return {
    init(params) {
      const zeros = () => mapTree(params, (array) => new Float32Array(array.length));
      return { step: 0, first: zeros(), second: zeros() };
    },
    update(gradient, state, params, rate) {
      const step = state.step + 1;
      const decayed = zipTrees(params, gradient, (theta, g, path) => {
        const decay = decays(path) ? weightDecay : 0;
        return Float64Array.from(g, (value, i) => value + decay * theta[i]!);
      });
      const first = zipTrees(state.first, decayed, (m, g) => m.map((value, i) => beta1 * value + (1 - beta1) * g[i]!));
      const second = zipTrees(
        state.second,
        decayed,
        (v, g) => v.map((value, i) => beta2 * value + (1 - beta2) * g[i]! * g[i]!),
      );
      const correct1 = 1 - beta1 ** step;
      const correct2 = 1 - beta2 ** step;
      const moves = zipTrees(
        first,
        second,
        (m, v) =>
          Float64Array.from(m, (value, i) => rate * (value / correct1) / (Math.sqrt(v[i]! / correct2) + epsilon)),
      );
      return {
        params: zipTrees(params, moves, (theta, move) => Float32Array.from(theta, (value, i) => value - move[i]!)),
        state: { step, first, second },
      };
    },
  };
}
