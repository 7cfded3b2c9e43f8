import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { constant, conv2d, gradients, maxPool, relu, variable } from "../../../lib/autodiff/mod.ts";
import { chooseBackend } from "../../../lib/runtime/mod.ts";
import { numbers, relativeError } from "../../_util/numbers.ts";

/** A block of a network and its gradients. */
function block(): Float32Array[] {
  return tf.tidy(() => {
    const x = constant(tf.tensor(numbers(2 * 8 * 8 * 8, "x"), [2, 8, 8, 8]));
    const w = variable(tf.tensor(numbers(9 * 8 * 8, "w"), [3, 3, 8, 8]));
    const y = relu(maxPool(conv2d(x, w)));
    const [slope] = gradients(y, [w], { dy: constant(tf.ones(y.tensor.shape)) });
    return [y, slope!].map(({ tensor }) => tensor.dataSync() as Float32Array);
  });
}

Deno.test("an engine that takes no module of ours computes the same with tfjs's kernels, and it is said once", async () => {
  await chooseBackend("wasm");
  const { validate } = WebAssembly;
  const { warn } = console;
  const said: string[] = [];
  WebAssembly.validate = () => false;
  console.warn = (text: string) => void said.push(text);
  let without: Float32Array[];
  try {
    without = block();
    block();
  } finally {
    WebAssembly.validate = validate;
    console.warn = warn;
  }
  assertEquals(said, ["Fast kernels are not used: this engine has no 128-bit SIMD"]);
  await chooseBackend("cpu");
  block().forEach((values, i) => assert(relativeError(without[i]!, values) < 1e-5));
});
