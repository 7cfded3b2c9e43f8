import * as tf from "@tensorflow/tfjs-core";
import { constant } from "../autodiff/mod.ts";
import { metaGradient } from "../meta/mod.ts";
import { flattenTree, unflattenTree } from "../tree/mod.ts";
import { compareCase, type Compared, failedCase } from "./_errors.ts";
import type { GoldenFile, VerifyRow } from "./types.ts";

/** A case of `meta.safetensors`, as make_golden.py describes it. */
interface MetaCase {
  readonly channels: number;
  readonly ways: number;
  readonly frames: number;
  readonly steps: number;
  readonly alpha: number;
  readonly lambda1: number;
  readonly lambda2: number;
  readonly sigma: number;
  readonly query_norm: "support" | "batch";
}

/** What a case's tensors are compared under. */
async function compareMeta(
  golden: GoldenFile,
  name: string,
  about: MetaCase,
  firstOrder: boolean,
): Promise<VerifyRow[]> {
  const stored = (key: string) => golden.tensors[`${name}/${key}`]!;
  const load = (key: string) => tf.tensor(Float32Array.from(stored(key).data), [...stored(key).shape]);
  const paths = Object.keys(golden.tensors)
    .filter((key) => key.startsWith(`${name}/theta/`))
    .map((key) => key.slice(name.length + "/theta/".length));
  const computed = tf.tidy(() => {
    const result = metaGradient(
      unflattenTree(paths.map((path): [string, tf.Tensor] => [path, load(`theta/${path}`)])),
      {
        support: constant(load("support")),
        supportLabels: Array.from(stored("support_labels").data),
        query: constant(load("query")),
        queryLabels: Array.from(stored("query_labels").data),
        macro: about.lambda2 === 0 ? null : constant(load("macro")),
      },
      {
        architecture: {
          decoder: "none",
          channels: about.channels,
          frames: about.frames,
          inputChannels: stored("support").shape[4]!,
          classes: about.ways,
        },
        alpha: about.alpha,
        innerSteps: about.steps,
        firstOrder,
        lambda1: about.lambda1,
        lambda2: about.lambda2,
        aux: "mmd",
        sigma: about.sigma,
        norm: about.query_norm === "support" ? "support" : "transductive",
      },
    );
    return {
      gradient: Object.fromEntries(flattenTree(result.params)),
      adapted: Object.fromEntries(flattenTree(result.adapted)),
      logits: result.queryLogits,
      loss: result.queryLoss,
    };
  });
  const order = firstOrder ? "first_order" : "second_order";
  const read = async (kind: string, tensors: Record<string, tf.Tensor>) =>
    await Promise.all(paths.map(async (path): Promise<Compared> => ({
      kind,
      name: `${kind}/${path}`,
      got: await tensors[path]!.data(),
      reference: stored(`${kind}/${path}`).data,
    })));
  try {
    // Each kind of tensor is a case of its own: adapted weights are of another size than gradients.
    return [
      compareCase(`${name} ${order}`, await read(order, computed.gradient)),
      compareCase(`${name} adapted`, await read("adapted", computed.adapted)),
      compareCase(`${name} query`, [
        {
          kind: "logits",
          name: "query_logits",
          got: await computed.logits.data(),
          reference: stored("query_logits").data,
        },
        { kind: "loss", name: "query_loss", got: await computed.loss.data(), reference: stored("query_loss").data },
      ]),
    ];
  } finally {
    tf.dispose(computed);
  }
}

/**
 * Checks the first-order and the exact second-order meta-gradient of every case of a reference file on the current
 * backend, with the adapted weights and the query logits.
 *
 * @param golden `meta.safetensors`.
 * @returns Rows in the file's order: gradient, adapted weights and query outputs, to second and to first order.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { verifyMeta } from "./mod.ts";
 * assertEquals(await verifyMeta({ tensors: {}, metadata: {} }), []);
 * ```
 */
export async function verifyMeta(golden: GoldenFile): Promise<VerifyRow[]> {
  const rows: VerifyRow[] = [];
  for (const [name, json] of Object.entries(golden.metadata)) {
    for (const firstOrder of [false, true]) {
      try {
        const all = await compareMeta(golden, name, JSON.parse(json) as MetaCase, firstOrder);
        rows.push(...(firstOrder ? all.slice(0, 1) : all));
      } catch (error) {
        rows.push(failedCase(`${name} ${firstOrder ? "first" : "second"}_order`, error));
      }
    }
  }
  return rows;
}
