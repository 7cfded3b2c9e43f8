import { UsageError } from "../process/mod.ts";
import { createKeyring, type Keyring } from "./create_keyring.ts";
import { parseKeys } from "./parse_keys.ts";

/**
 * Reads the keys: from a file, or from the setting itself, where a platform has variables but no files to mount.
 *
 * @param file Path of the file, or the JSON array that would stand in it.
 * @param setting What named it, for messages.
 * @returns The keyring.
 * @throws {UsageError} When it cannot be read, or an entry is wrong, naming the field.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { loadKeyring } from "./mod.ts";
 * await assertRejects(() => loadKeyring("/nowhere/keys.json", "LIGHTMAN_KEYS"), Error, "Cannot use LIGHTMAN_KEYS: ");
 * ```
 */
export async function loadKeyring(file: string, setting: string): Promise<Keyring> {
  const inline = file.startsWith("[");
  try {
    return createKeyring(parseKeys(inline ? file : await Deno.readTextFile(file)));
  } catch (error) {
    throw new UsageError(
      `Cannot use ${setting}: ${inline ? "its JSON" : file}: ${(error as Error).message.split("\n")[0]}`,
    );
  }
}
