import { assert, assertEquals, assertLess, assertNotEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import {
  addBias,
  addressesOf,
  affine,
  concat,
  constant,
  conv2d,
  flipTranspose,
  matMul,
  maxPool,
  meanOver,
  pad,
  recordProgram,
  relu,
  reshape,
  sigmoid,
  slice,
  transpose,
  upsampleNearest,
  type Value,
} from "../../lib/autodiff/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { numbers } from "../_util/numbers.ts";

const SHAPE = [2, 6, 6, 8];
const SIZE = 2 * 6 * 6 * 8;

/** Weights of the block: a filter, two vectors and a matrix. */
const weights = (name: string) =>
  [[3, 3, 8, 8], [8], [8], [16, 3]].map((shape, i) =>
    tf.tensor(numbers(shape.reduce((a, b) => a * b), `${name} ${i}`), shape)
  );

/** Every op that a program may hold. */
function block(input: tf.Tensor, [w, a, b, m]: readonly tf.Tensor[]): Value {
  const x = pad(constant(input), [[0, 0], [1, 1], [2, 0], [0, 0]]); // [2, 8, 8, 8]
  const y = relu(affine(maxPool(conv2d(x, constant(w!))), constant(a!), constant(b!))); // [2, 4, 4, 8]
  const corner = slice(y, [0, 1, 0, 0], [2, 2, 2, 8]);
  const turned = transpose(concat([upsampleNearest(corner), y], 3), [0, 2, 1, 3]); // [2, 4, 4, 16]
  return matMul(reshape(meanOver(turned, [4, 4]), [2, 16]), constant(m!));
}

Deno.test("a program gives the bits of the ops, for other inputs and for other weights", async () => {
  await chooseBackend("wasm");
  await withTensorCount(() => {
    const [mine, others] = [weights("mine"), weights("others")];
    const { result, program } = recordProgram(numbers(SIZE, "x"), SHAPE, mine, (x) => block(x, mine).tensor);
    assert(program !== null);
    const byOps = (name: string, given: readonly tf.Tensor[]) =>
      tf.tidy(() => block(tf.tensor(numbers(SIZE, name), SHAPE), given).tensor.dataSync() as Float32Array);
    assertEquals(result, byOps("x", mine));
    for (const [name, given] of [["x", mine], ["y", mine], ["y", others], ["x", others], ["x", mine]] as const) {
      const fill = (input: Float32Array) => input.set(numbers(SIZE, name));
      assertEquals(program!.run(fill, addressesOf(given)), byOps(name, given), name);
    }
    assertNotEquals(byOps("x", mine), byOps("x", others));
    program!.dispose();
    tf.dispose([...mine, ...others]);
  });
});

Deno.test("a program lays in one place what is not needed at once", async () => {
  await chooseBackend("wasm");
  const chain = (x: tf.Tensor) => {
    let y = constant(x);
    for (let i = 0; i < 20; i++) y = relu(y);
    return y.tensor;
  };
  const { program } = recordProgram(numbers(1000, "x"), [1000], [], chain);
  // Input and output of one step at a time.
  assertLess(program!.bytes, 3 * 4096);
  program!.dispose();
});

Deno.test("an op that is none of our kernels makes no program, and its result is right", async () => {
  await chooseBackend("wasm");
  const given = weights("mine");
  const foreign: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    "tfjs's op at the end": (x) => sigmoid(relu(constant(x))).tensor,
    "tfjs's op between": (x) => relu(sigmoid(constant(x))).tensor,
    "a constant of its own": (x) => addBias(block(x, given), constant(tf.tensor1d([1, 2, 3]))).tensor,
    "a loop over the heap": (x) => relu(flipTranspose(constant(x))).tensor,
    "memory that was another's before": (x) => {
      const y = conv2d(constant(x), constant(given[0]!));
      return relu(sigmoid(y)).tensor;
    },
  };
  for (const [what, compute] of Object.entries(foreign)) {
    await withTensorCount(() => {
      const { result, program } = recordProgram(numbers(SIZE, "x"), SHAPE, given, compute);
      assertEquals(program, null, what);
      const expected = tf.tidy(() => compute(tf.tensor(numbers(SIZE, "x"), SHAPE)).dataSync());
      assertEquals(result, expected as Float32Array, what);
    });
  }
  tf.dispose(given);
});

Deno.test("other backends have no programs", async () => {
  await chooseBackend("cpu");
  await withTensorCount(() => {
    const { result, program } = recordProgram(Float32Array.of(-1, 2), [2], [], (x) => relu(constant(x)).tensor);
    assertEquals([...result], [0, 2]);
    assertEquals(program, null);
  });
});
