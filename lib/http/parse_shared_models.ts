import { UsageError } from "../process/mod.ts";

/** Whose a model is that every tenant may use, by the model's name. */
export type SharedModels = ReadonlyMap<string, string>;

const NAME = "(?!\\.{1,2}(?:/|$))[A-Za-z0-9._-]{1,128}";
const ENTRY = new RegExp(`^(${NAME})/(${NAME})$`);

/**
 * Reads which models their tenants share with all others, read-only: `OWNER/MODEL` with commas between them.
 *
 * @param setting What named them, for messages.
 * @param text The list; undefined: none.
 * @returns The owner by the model's name.
 * @throws {UsageError} When an entry is none, or two owners share models of one name.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseSharedModels } from "./mod.ts";
 * assertEquals(parseSharedModels("LIGHTMAN_SHARED", "lab/lightman").get("lightman"), "lab");
 * ```
 */
export function parseSharedModels(setting: string, text: string | undefined): SharedModels {
  const shared = new Map<string, string>();
  if (text === undefined) return shared;
  const fail = (why: string) => new UsageError(`Cannot use ${setting}: ${why}, got ${JSON.stringify(text)}`);
  for (const entry of text.split(",")) {
    const [, owner, model] = ENTRY.exec(entry.trim()) ?? [];
    if (owner === undefined || model === undefined) throw fail("expected TENANT/MODEL with commas between them");
    if (shared.has(model)) throw fail(`expected one model of the name ${model}`);
    shared.set(model, owner);
  }
  return shared;
}
