import { join } from "@std/path";
import { ROOT } from "./files.ts";

/**
 * Writes the configuration under which doc examples are checked and run.
 *
 * Deno puts an import of everything a file exports in front of each of its examples, so "unused" must not be an
 * error there.
 *
 * @param folder Where to write it.
 * @returns The file.
 */
export async function writeDocConfig(folder: string): Promise<string> {
  const config = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json"))) as Record<string, unknown>;
  const { noUnusedLocals: _locals, noUnusedParameters: _parameters, ...options } = config.compilerOptions as Record<
    string,
    unknown
  >;
  const file = join(folder, "deno.json");
  const { imports } = config;
  const lock = { path: join(ROOT, "deno.lock"), frozen: true };
  await Deno.writeTextFile(file, JSON.stringify({ imports, compilerOptions: options, lock }));
  return file;
}
