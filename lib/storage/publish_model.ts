import type { z } from "zod";
import type { Tree } from "../tree/mod.ts";
import { encodeJson } from "./_json.ts";
import { canonicalJson } from "./canonical_json.ts";
import { sha256 } from "./sha256.ts";
import { modelPrefix } from "./_stored_card.ts";
import { encodeWeights } from "./_weights_file.ts";
import { modelCardSchema } from "./model_card_schema.ts";
import type { ObjectStore, StoredTensor } from "./types.ts";

/** Read-only at every depth, so that a `ModelCard` of lib/inference fits. */
type Frozen<T> = T extends (infer U)[] ? readonly Frozen<U>[]
  : T extends object ? { readonly [K in keyof T]: Frozen<T[K]> }
  : T;

/**
 * Stores a version of a model; nothing serves it until an alias points to it ({@linkcode promote}).
 *
 * The version is the first 16 hexadecimal digits of SHA-256 over canonical JSON of `{classes, config, recipe,
 * weights}` and where there is one `temperature`, weights being the SHA-256 of the safetensors bytes: it addresses what the model computes. Metrics and
 * provenance (times, machines) do not change it; publishing the same content again keeps what was there first.
 * `weights.safetensors` is written before `model.json`, whose presence makes the version exist.
 *
 * @param store Where to publish.
 * @param tenant Whose model it is.
 * @param name Model name, the card's too.
 * @param weights Branches `params`, `stats`, and where there are such `rates` and `memory`.
 * @param card model.json.
 * @returns The version.
 * @throws {RangeError} When a name is unfit or the card is of another model.
 * @throws {TypeError} When the card is not of {@linkcode modelCardSchema}.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { memoryStore, publishModel } from "./mod.ts";
 * const card = {} as Parameters<typeof publishModel>[4];
 * await assertRejects(() => publishModel(memoryStore(), "default", "m", {}, card), TypeError, "formatVersion");
 * ```
 */
export async function publishModel(
  store: ObjectStore,
  tenant: string,
  name: string,
  weights: Tree<StoredTensor>,
  card: Frozen<z.infer<typeof modelCardSchema>>,
): Promise<string> {
  const prefix = modelPrefix(tenant, name);
  const checked = modelCardSchema.safeParse(card);
  if (!checked.success) {
    const issue = checked.error.issues[0]!;
    throw new TypeError(`Cannot publish model "${name}": card field ${issue.path.join(".")}: ${issue.message}`);
  }
  if (checked.data.name !== name) {
    throw new RangeError(`Cannot publish model "${name}": expected its card, got the card of "${checked.data.name}"`);
  }
  const { config, classes, recipe, temperature } = checked.data;
  const bytes = encodeWeights(weights);
  const weightsSha256 = await sha256(bytes);
  const identity = canonicalJson({
    ...{ config, classes, recipe, weights: weightsSha256 },
    ...(temperature && { temperature }),
  });
  const version = (await sha256(new TextEncoder().encode(identity))).slice(0, 16);
  await store.putIfAbsent(`${prefix}/${version}/weights.safetensors`, bytes);
  await store.putIfAbsent(`${prefix}/${version}/model.json`, encodeJson({ ...checked.data, version, weightsSha256 }));
  return version;
}
