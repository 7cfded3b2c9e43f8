import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import * as autodiff from "../../lib/autodiff/mod.ts";
import { add, constant, gradients, mul, sumTo, type Value, variable } from "../../lib/autodiff/mod.ts";
import { type BackendName, chooseBackend } from "../../lib/runtime/mod.ts";
import { verifyOps } from "../../lib/verify/mod.ts";
import { readGolden } from "../_util/golden.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { derivativeAtZero, dot, numbers, relativeError } from "../_util/numbers.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";
import { tolerance } from "../_util/tolerance.ts";
import { drawInputs, OP_TABLE, type OpRow, upload } from "./_op_table.ts";

/** What mod.ts exports that is no op. */
const MACHINERY = [
  ...["Value", "addressesOf", "constant", "detach", "gradients", "ownKernels", "record", "recordProgram", "variable"],
];

/** Half the stencil's step: wide for float32, narrow enough that no row leaves its smooth piece. */
const STEP = 0.02;
/** Against differences in float32, relative to the product of the norms. */
const DIFFERENCE_TOLERANCE = 2e-4;

/** Value, vector-Jacobian products and second-order terms of a row; the last of `hvp` is with respect to dy. */
interface Orders {
  readonly value: Float32Array;
  readonly vjp: Float32Array[];
  readonly hvp: Float32Array[];
}

const directions = (name: string, row: OpRow) =>
  row.inputs.map((shape, i) => numbers(shape.reduce((a, b) => a * b, 1), `${name} u${i}`, "unit"));

/** f, ∇⟨f, v⟩ and ∇(Σ⟨∇ᵢ⟨f, v⟩, uᵢ⟩), the last with respect to the inputs and to v. */
async function evaluate(name: string, row: OpRow, arrays: readonly Float32Array[], v: Float32Array): Promise<Orders> {
  const tensors = tf.tidy(() => {
    const xs = upload(arrays, row.inputs).map(variable);
    const dy = variable(tf.tensor(v, row.shape));
    const y = row.f(...xs);
    assertEquals(y.tensor.shape, row.shape, `${name}: shape`);
    const vjp = gradients(y, xs, { createGraph: true, dy });
    const directed = upload(directions(name, row), row.inputs)
      .map((u, i): Value => sumTo(mul(vjp[i]!, constant(u)), []))
      .reduce((a, b) => add(a, b));
    const hvp = gradients(directed, [...xs, dy]);
    vjp.forEach((g, i) => assertEquals(g.tensor.shape, row.inputs[i]!, `${name}: shape of gradient ${i}`));
    hvp.forEach((g, i) => assertEquals(g.tensor.shape, row.inputs[i] ?? row.shape, `${name}: shape of hvp ${i}`));
    return [y, ...vjp, ...hvp].map(({ tensor }) => tf.clone(tensor));
  });
  const read = await Promise.all(tensors.map(async (tensor) => await tensor.data() as Float32Array));
  tf.dispose(tensors);
  const n = row.inputs.length;
  return { value: read[0]!, vjp: read.slice(1, 1 + n), hvp: read.slice(1 + n) };
}

const moved = (arrays: readonly Float32Array[], by: readonly Float32Array[], t: number) =>
  arrays.map((array, i) => array.map((value, k) => value + t * by[i]![k]!));

Deno.test("mod.ts exports no op that the table lacks", () => {
  const ops = Object.keys(autodiff).filter((name) => !MACHINERY.includes(name));
  assertEquals([...new Set(Object.keys(OP_TABLE).map((name) => name.split("/")[0]!))].sort(), ops.sort());
});

Deno.test("every op agrees with central differences to first and second order: cpu", async () => {
  await chooseBackend("cpu");
  for (const [name, row] of Object.entries(OP_TABLE)) {
    const xs = drawInputs(name, row);
    const v = numbers(row.shape.reduce((a, b) => a * b, 1), `${name} v`, "unit");
    const ws = row.inputs.map((shape, i) => numbers(shape.reduce((a, b) => a * b, 1), `${name} w${i}`, "unit"));
    const wv = numbers(v.length, `${name} wv`, "unit");
    const us = directions(name, row);
    const norm = Math.sqrt(us.reduce((sum, u) => sum + dot(u, u), 0));
    const { value, vjp, hvp } = await evaluate(name, row, xs, v);
    const size = (arrays: readonly Float32Array[]) => Math.sqrt(arrays.reduce((sum, a) => sum + dot(a, a), 0));

    const first = us.reduce((sum, u, i) => sum + dot(vjp[i]!, u), 0);
    const difference = await derivativeAtZero(
      async (t) => dot((await evaluate(name, row, moved(xs, us, t), v)).value, v),
      STEP,
    );
    const firstError = Math.abs(first - difference) / (size(vjp) * norm + size([value]) * 1e-2);
    assert(firstError < DIFFERENCE_TOLERANCE, `${name}: first order ${first}, differences say ${difference}`);

    const second = [...ws, wv].reduce((sum, w, i) => sum + dot(hvp[i]!, w), 0);
    const differences = await derivativeAtZero(async (t) => {
      const at = await evaluate(name, row, moved(xs, ws, t), moved([v], [wv], t)[0]!);
      return us.reduce((sum, u, i) => sum + dot(at.vjp[i]!, u), 0);
    }, STEP);
    const secondError = Math.abs(second - differences) / (size(hvp) * size([...ws, wv]) + size(vjp) * 1e-2);
    assert(secondError < DIFFERENCE_TOLERANCE, `${name}: second order ${second}, differences say ${differences}`);
  }
});

onEachBackend("every op gives what cpu gives, to second order", async (backend: BackendName) => {
  for (const [name, row] of Object.entries(OP_TABLE)) {
    const v = numbers(row.shape.reduce((a, b) => a * b, 1), `${name} v`, "unit");
    const xs = drawInputs(name, row);
    await chooseBackend("cpu");
    const reference = await evaluate(name, row, xs, v);
    await chooseBackend(backend);
    const got = await withTensorCount(() => evaluate(name, row, xs, v));
    const floor = 1e-2 * Math.max(...[reference.value, ...reference.vjp].map((a) => Math.sqrt(dot(a, a))));
    const pairs: [string, Float32Array, Float32Array][] = [
      ["value", got.value, reference.value],
      ...got.vjp.map((g, i): [string, Float32Array, Float32Array] => [`vjp${i}`, g, reference.vjp[i]!]),
      ...got.hvp.map((g, i): [string, Float32Array, Float32Array] => [`hvp${i}`, g, reference.hvp[i]!]),
    ];
    for (const [what, a, b] of pairs) {
      const error = relativeError(a, b, floor);
      assert(error <= tolerance(backend), `${name} ${what}: error ${error} on ${backend}`);
    }
  }
}, ["wasm", "webgpu"]);

onEachBackend(
  "verifyOps() finds every golden value, gradient and second-order term within tolerance",
  async (backend) => {
    const rows = await withTensorCount(async () => await verifyOps(await readGolden("ops")));
    assertEquals(rows.length, 24);
    for (const row of rows) {
      assert(row.worst <= tolerance(backend), `${row.case} ${row.where}: ${row.failure ?? row.worst} on ${backend}`);
    }
  },
);
