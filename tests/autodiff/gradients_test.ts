import { assertEquals, assertFalse, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import {
  add,
  constant,
  gradients,
  mul,
  relu,
  scale,
  sub,
  sumTo,
  type Value,
  variable,
} from "../../lib/autodiff/mod.ts";
import { chooseBackend, countTensors } from "../../lib/runtime/mod.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";

const numberOf = (value: Value) => value.tensor.dataSync()[0];

/** Functions of one number x with their first and second derivatives at 3. */
const GRAPHS: Readonly<Record<string, { f: (x: Value) => Value; first: number; second: number }>> = {
  "x": { f: (x) => x, first: 1, second: 0 },
  "x + x": { f: (x) => add(x, x), first: 2, second: 0 },
  "x − x": { f: (x) => sub(x, x), first: 0, second: 0 },
  "x·x + x": { f: (x) => add(mul(x, x), x), first: 7, second: 2 },
  "(x + x)·(x + x)": { f: (x) => mul(add(x, x), add(x, x)), first: 24, second: 8 },
  "a diamond: (2x)·(3x) + 2x": {
    f(x) {
      const left = scale(x, 2);
      return add(mul(left, scale(x, 3)), left);
    },
    first: 38,
    second: 12,
  },
  "a ladder: y ← y + y, thrice, then y·y": {
    f(x) {
      let y = x;
      for (let rung = 0; rung < 3; rung++) y = add(y, y);
      return mul(y, y);
    },
    first: 384,
    second: 128,
  },
};

for (const [name, { f, first, second }] of Object.entries(GRAPHS)) {
  Deno.test(`gradients() of ${name} is right with and without a graph, and spares what the caller holds`, async () => {
    await chooseBackend("cpu");
    await withTensorCount(() =>
      tf.tidy(() => {
        const x = variable(tf.scalar(3));
        const dy = constant(tf.scalar(1));
        const y = f(x);
        assertEquals(numberOf(gradients(y, [x])[0]!), first);
        // The same graph again: nothing of it was freed by the first walk.
        assertEquals(numberOf(gradients(y, [x], { dy })[0]!), first);
        assertFalse(dy.tensor.isDisposed || x.tensor.isDisposed || y.tensor.isDisposed);
        const [slope] = gradients(y, [x], { createGraph: true, dy });
        assertEquals(numberOf(slope!), first);
        assertEquals(numberOf(gradients(slope!, [x])[0]!), second);
        assertFalse(dy.tensor.isDisposed);
      })
    );
  });
}

Deno.test("gradients() is exact to third order", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const x = variable(tf.scalar(2));
    const square = mul(x, x);
    const [first] = gradients(mul(square, square), [x], { createGraph: true });
    const [second] = gradients(first!, [x], { createGraph: true });
    assertEquals([first, second, gradients(second!, [x])[0]].map((value) => numberOf(value!)), [32, 48, 48]);
  });
});

Deno.test("gradients() gives zeros of the right shape where the result does not depend on the input", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const [x, other] = [variable(tf.ones([2])), variable(tf.ones([3, 1]))];
    const [dx, none] = gradients(sumTo(mul(x, x), []), [x, other]);
    assertEquals([...dx!.tensor.dataSync()], [2, 2]);
    assertEquals([none!.tensor.shape, ...none!.tensor.dataSync()], [[3, 1], 0, 0, 0]);
    // A constant's gradient is asked for in vain too.
    const fixed = constant(tf.scalar(2));
    assertEquals(numberOf(gradients(mul(fixed, sumTo(x, [])), [fixed])[0]!), 0);
  });
});

Deno.test("gradients() takes intermediate values for inputs and passes through them", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const x = variable(tf.scalar(3));
    const middle = mul(x, x);
    const [dx, dm] = gradients(mul(middle, middle), [x, middle]);
    assertEquals([numberOf(dx!), numberOf(dm!)], [108, 18]);
  });
});

Deno.test("gradients() weighs a result of any shape by dy", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const x = variable(tf.tensor1d([1, 2]));
    const [dx] = gradients(mul(x, x), [x], { dy: constant(tf.tensor1d([10, 100])) });
    assertEquals([...dx!.tensor.dataSync()], [20, 400]);
  });
});

Deno.test("gradients() refuses a result that is no scalar, and a dy of another shape", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const x = variable(tf.ones([2]));
    assertThrows(() => gradients(x, [x]), TypeError, "Cannot differentiate: expected a scalar, got shape [2]");
    assertThrows(
      () => gradients(x, [x], { dy: constant(tf.ones([3])) }),
      TypeError,
      "Cannot differentiate: expected dy of shape [2], got [3]",
    );
  });
});

onEachBackend("gradients() without a graph leaves nothing but the gradients alive", async () => {
  const x = variable(tf.ones([2, 2]));
  const w = variable(tf.ones([2]));
  // Broadcasting, a kink, a diamond: rules that make helpers of their own.
  const h = relu(mul(add(x, w), w));
  const y = sumTo(add(mul(h, x), h), []);
  const graph = countTensors();
  const slopes = gradients(y, [x, w]);
  assertEquals(countTensors() - graph, 2);
  assertEquals([...await slopes[0]!.tensor.data()], [4, 4, 4, 4]); // 2xw + w² + w
  assertEquals([...await slopes[1]!.tensor.data()], [12, 12]); // Σ (x + 1)(x + 2w)
  const none = gradients(sumTo(w, [1]), [x]);
  assertEquals([...await none[0]!.tensor.data()], [0, 0, 0, 0]);
  tf.dispose([...slopes, ...none].map(({ tensor }) => tensor));
  const other = variable(tf.ones([1]));
  const before = countTensors();
  gradients(other, [x]).forEach(({ tensor }) => tensor.dispose());
  assertEquals(countTensors() - before, 0, "of a result that depends on nothing asked for");
  tf.dispose([other.tensor, x.tensor, w.tensor]);
});
