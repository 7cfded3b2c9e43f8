import * as tf from "@tensorflow/tfjs-core";
import { constant, type Value } from "../autodiff/mod.ts";
import type { NormFold, NormFolds } from "./types.ts";

/**
 * Makes the memory of what passes over one network with the same constants have in common: the first pass fills it, and
 * the later ones skip some sixteen small kernels a normalised layer.
 *
 * @returns The memory, empty; it owns its tensors.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant } from "../autodiff/mod.ts";
 * import { createNormFolds } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const folds = createNormFolds();
 * const make = () => ({ sign: null, slope: constant(tf.ones([2])), shift: constant(tf.zeros([2])) });
 * assertEquals(folds.take(0, make) === folds.take(0, make), true);
 * folds.dispose();
 * ```
 */
export function createNormFolds(): NormFolds {
  const known: NormFold[] = [];
  const tensors = () =>
    known.flatMap(({ sign, slope, shift }) => [slope.tensor, shift.tensor, ...(sign === null ? [] : [sign.tensor])]);
  const kept = (value: Value) => constant(tf.keep(value.tensor));
  return {
    take(index, make) {
      let fold = known[index];
      if (fold === undefined) {
        const { sign, slope, shift } = make();
        fold = { sign: sign && kept(sign), slope: kept(slope), shift: kept(shift) };
        known[index] = fold;
      }
      return fold;
    },
    get tensors() {
      return tensors();
    },
    dispose() {
      tf.dispose(tensors());
      known.length = 0;
    },
  };
}
