/** Ends the name of a file that is still being written; no key may look like one. */
export const TEMP_SUFFIX = ".~tmp";

/**
 * Refuses keys that could leave the store or mean two things.
 *
 * @throws {RangeError} When the key is empty, absolute, holds an empty part, `.`, `..`, a backslash, a control
 * character or half a character (a lone surrogate), or a part ends like a temporary file.
 */
export function checkKey(key: string): void {
  const bad = (part: string) => part === "" || part === "." || part === ".." || part.endsWith(TEMP_SUFFIX);
  // deno-lint-ignore no-control-regex
  if (/[\\\0-\x1f\x7f]/.test(key) || !key.isWellFormed() || key.split("/").some(bad)) {
    throw new RangeError(`Cannot use store key ${JSON.stringify(key)}: expected a/b/c without "." and ".."`);
  }
}
