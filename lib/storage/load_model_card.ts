import { readCard, type StoredCard } from "./_stored_card.ts";
import { currentVersion } from "./current_version.ts";
import { NotFoundError } from "./not_found_error.ts";
import type { ObjectStore } from "./types.ts";

/** Which version {@linkcode loadModelCard} and {@linkcode loadModel} take. */
export interface LoadModelOptions {
  /** A version, whatever aliases say. */
  readonly version?: string;
  /** An alias, `stable` by default. */
  readonly alias?: string;
}

/**
 * Reads model.json of a version, without the weights.
 *
 * @param store Where the model is.
 * @param tenant Whose model it is.
 * @param name Model name.
 * @param options Which version; the alias `stable` by default.
 * @returns The card with `version` and `weightsSha256`.
 * @throws {NotFoundError} When there is no such model, alias or version.
 * @throws {SyntaxError} When model.json is damaged.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { loadModelCard, memoryStore, NotFoundError } from "./mod.ts";
 * await assertRejects(() => loadModelCard(memoryStore(), "default", "main"), NotFoundError, "stable");
 * ```
 */
export async function loadModelCard(
  store: ObjectStore,
  tenant: string,
  name: string,
  options: LoadModelOptions = {},
): Promise<StoredCard> {
  const alias = options.alias ?? "stable";
  const version = options.version ?? await currentVersion(store, tenant, name, alias);
  if (version === null) {
    throw new NotFoundError(`Cannot load model "${name}": expected alias "${alias}" to name a version, there is none`);
  }
  const card = await readCard(store, tenant, name, version);
  if (card === null) throw new NotFoundError(`Cannot load model "${name}": there is no version ${version}`);
  return card;
}
