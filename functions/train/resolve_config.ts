import { join } from "@std/path";
import type { Config } from "../../lib/config/mod.ts";
import { checkedName, ProblemError } from "../../lib/http/mod.ts";

/** Values that name no file. */
const DATA_WORDS = ["synthetic"];
const MACRO_WORDS = ["data", "magnify", "none"];

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}

async function resolveName(field: string, name: string, folder: string | null): Promise<string> {
  checkedName(field, name);
  if (folder !== null) {
    const direct = join(folder, name);
    const manifest = join(folder, name, "manifest.csv");
    if (await isFile(direct)) return direct;
    if (await isFile(manifest)) return manifest;
  }
  const message = `expected a data set of the server, there is none named "${name}"`;
  throw new ProblemError(422, `Cannot train: ${field}: ${message}`, [{ field, message }]);
}

/**
 * Replaces the data set names of a configuration by paths.
 *
 * A name stands for `FOLDER/NAME` (a packed file or a CSV) or `FOLDER/NAME/manifest.csv`. Paths and URLs are refused: a
 * client chooses among the server's data sets, nothing else.
 *
 * @param config Configuration with names in `data` and `macro`.
 * @param folder The server's data folder, or null.
 * @returns Configuration with paths, for the trainer.
 * @throws {ProblemError} 422 naming the field.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { configSchema } from "../../lib/config/mod.ts";
 * import { resolveConfig } from "./mod.ts";
 * await assertRejects(() => resolveConfig(configSchema.parse({ data: "../secret" }), "."), Error, "data");
 * ```
 */
export async function resolveConfig(config: Config, folder: string | null): Promise<Config> {
  const { data, macro } = config;
  return {
    ...config,
    data: DATA_WORDS.includes(data) ? data : await resolveName("data", data, folder),
    macro: MACRO_WORDS.includes(macro) ? macro : await resolveName("macro", macro, folder),
  };
}
