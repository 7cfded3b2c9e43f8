import type { Tree } from "../tree/mod.ts";
import { modelPrefix, type StoredCard } from "./_stored_card.ts";
import { readWeights } from "./_weights_file.ts";
import { loadModelCard, type LoadModelOptions } from "./load_model_card.ts";
import type { ObjectStore, StoredTensor } from "./types.ts";

/**
 * Loads a version of a model and verifies it: the weights must hash to what model.json says.
 *
 * @param store Where the model is.
 * @param tenant Whose model it is.
 * @param name Model name.
 * @param options Which version.
 * @returns Version, weights and model card.
 * @throws {NotFoundError} When there is no such model, alias or version.
 * @throws {SyntaxError} When model.json or the weights are damaged.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { loadModel, memoryStore, NotFoundError } from "./mod.ts";
 * await assertRejects(() => loadModel(memoryStore(), "default", "main"), NotFoundError, "stable");
 * ```
 */
export async function loadModel(
  store: ObjectStore,
  tenant: string,
  name: string,
  options: LoadModelOptions = {},
): Promise<{ version: string; weights: Tree<StoredTensor>; card: StoredCard }> {
  const card = await loadModelCard(store, tenant, name, options);
  const key = `${modelPrefix(tenant, name)}/${card.version}/weights.safetensors`;
  const weights = await readWeights(store, key, card.weightsSha256);
  if (weights === null) throw new SyntaxError(`Cannot load model "${name}": object "${key}" is missing`);
  return { version: card.version, weights, card };
}
