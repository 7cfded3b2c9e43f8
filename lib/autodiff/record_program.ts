import * as tf from "@tensorflow/tfjs-core";
import { addressOf, makeArena, type NativeTape, recordTape, runTape } from "./kernels/mod.ts";

/** A computation that can be done again, with other numbers in the same shapes. */
export interface Program {
  /** Bytes of memory that it holds. */
  readonly bytes: number;
  /**
   * Does it.
   *
   * @param fill Writes the input's numbers.
   * @param given {@linkcode addressesOf} tensors of the shapes that it was recorded with, in the same order.
   * @returns The result's numbers.
   */
  run(fill: (input: Float32Array) => void, given: readonly number[]): Float32Array;
  /** Frees its memory. */
  dispose(): void;
}

/**
 * Where tensors lie on wasm, for {@linkcode Program.run}.
 *
 * @param tensors Tensors of the wasm backend; they stay where they are until they are disposed.
 * @returns An address each.
 *
 * @example
 * ```ts
 * import { addressesOf } from "./mod.ts";
 * addressesOf([]);
 * ```
 */
export function addressesOf(tensors: readonly tf.Tensor[]): number[] {
  return tensors.map(addressOf);
}

/**
 * Does a computation and, on wasm, makes a program of it: the list of kernels that it called, in memory that is made once
 * and in which what is not needed at the same time lies in the same place. Beside the kernels themselves, nothing of what
 * surrounds an op is left. The program gives the same bits; with this input that is tried before it is handed out.
 *
 * @param data The input's numbers.
 * @param shape The input's shape.
 * @param given Tensors that the computation uses besides and that another run may exchange: weights.
 * @param compute The computation, of `input` and `given` alone; called inside `tf.tidy`.
 * @returns The result's numbers, and the program; null on other backends, and where an op takes part that is not one of
 * this project's kernels, which are those of convolutions and what is between them.
 * @throws {Error} On webgpu, whose results cannot be read at once.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, recordProgram, relu } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const { result, program } = recordProgram(Float32Array.of(-1, 2), [2], [], (x) => relu(constant(x)).tensor);
 * assertEquals([...result], [0, 2]);
 * assertEquals(program, null);
 * ```
 */
export function recordProgram(
  data: Float32Array,
  shape: readonly number[],
  given: readonly tf.Tensor[],
  compute: (input: tf.Tensor) => tf.Tensor,
): { readonly result: Float32Array; readonly program: Program | null } {
  const recorded: { tape: NativeTape | null } = { tape: null };
  const result = tf.tidy(() => {
    const input = tf.tensor(data, [...shape]);
    if (tf.getBackend() !== "wasm") return compute(input).dataSync() as Float32Array;
    const { result, tape } = recordTape(input, addressesOf(given), () => compute(input));
    recorded.tape = tape;
    return result.dataSync() as Float32Array;
  });
  const { tape } = recorded;
  if (tape === null) return { result, program: null };
  const arena = makeArena(tape.bytes);
  const run = runTape(tape, arena);
  let same = false;
  try {
    const again = run((input) => input.set(data), addressesOf(given));
    same = again.every((value, i) => Object.is(value, result[i]));
  } finally {
    if (!same) arena.dispose();
  }
  if (!same) return { result, program: null };
  return { result, program: { bytes: tape.bytes, run, dispose: () => arena.dispose() } };
}
