/**
 * Names the cache slot of a model, so that whoever promotes a version can drop it.
 *
 * @param tenant Whose model.
 * @param name Model name.
 * @param version A version that is asked for by name, which must not push out the current one.
 * @returns The slot.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { modelSlot } from "./mod.ts";
 * assertEquals(modelSlot("default", "main"), "default/models/main");
 * ```
 */
export function modelSlot(tenant: string, name: string, version?: string): string {
  return `${tenant}/models/${name}${version === undefined ? "" : `/${version}`}`;
}
