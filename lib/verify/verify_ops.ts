import * as tf from "@tensorflow/tfjs-core";
import { add, constant, gradients, mul, sumTo, type Value, variable } from "../autodiff/mod.ts";
import { compareCase, type Compared, failedCase } from "./_errors.ts";
import { OP_CASES } from "./op_cases.ts";
import { stockHvp } from "./stock_cases.ts";
import type { GoldenFile, OpEvaluator, VerifyRow } from "./types.ts";

/** This project's ops and gradients. */
const ours: OpEvaluator = (name, inputs, cotangent, directions, about) => {
  const xs = inputs.map(variable);
  const y = OP_CASES[name]!(xs, about);
  const dy = constant(tf.reshape(cotangent, y.tensor.shape));
  const vjp = gradients(y, xs, { createGraph: true, dy });
  const inner = vjp
    .map((g, i): Value => sumTo(mul(g, constant(directions[i]!)), []))
    .reduce((a, b) => add(a, b));
  const hvp = gradients(inner, xs);
  return { y: y.tensor, vjp: vjp.map((g) => g.tensor), hvp: hvp.map((g) => g.tensor) };
};

/**
 * Checks every op of a reference file on the current backend: value, vector-Jacobian product, second-order term.
 *
 * @param golden `ops.safetensors`.
 * @param implementation `ours`, or `stock`: the same cases through TensorFlow.js's own gradients.
 * @returns A row a case, in the file's order.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { verifyOps } from "./mod.ts";
 * assertEquals(await verifyOps({ tensors: {}, metadata: {} }), []);
 * ```
 */
export async function verifyOps(
  golden: GoldenFile,
  implementation: "ours" | "stock" = "ours",
): Promise<VerifyRow[]> {
  const rows: VerifyRow[] = [];
  for (const [name, json] of Object.entries(golden.metadata)) {
    const about = JSON.parse(json) as { inputs_count: number };
    const evaluate = implementation === "ours" ? ours : stockHvp;
    if (OP_CASES[name] === undefined) {
      rows.push(failedCase(name, new Error("this project has no such op")));
      continue;
    }
    const tensor = (key: string) => golden.tensors[`${name}/${key}`]!;
    const load = (key: string) => tf.tensor(Float32Array.from(tensor(key).data), [...tensor(key).shape]);
    const indices = Array.from({ length: about.inputs_count }, (_, i) => i);
    let out: tf.Tensor[] = [];
    try {
      out = tf.tidy(() => {
        const result = evaluate(
          name,
          indices.map((i) => load(`x${i}`)),
          load("v"),
          indices.map((i) => load(`u${i}`)),
          about,
        );
        return [result.y, ...result.vjp, ...result.hvp].map((t) => tf.clone(t));
      });
      const kinds = ["y", ...indices.map((i) => `vjp${i}`), ...indices.map((i) => `hvp${i}`)];
      const compared = await Promise.all(out.map(async (t, i): Promise<Compared> => ({
        kind: kinds[i]!.replace(/\d/, "").replace(/^y$/, "value"),
        name: kinds[i]!,
        got: await t.data(),
        reference: tensor(kinds[i]!).data,
      })));
      rows.push(compareCase(name, compared));
    } catch (error) {
      rows.push(failedCase(name, error));
    } finally {
      tf.dispose(out);
    }
  }
  return rows;
}
