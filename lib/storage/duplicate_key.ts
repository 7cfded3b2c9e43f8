/** Position of the quote that ends the string that begins at a quote; indexOf, because pictures are long strings. */
function stringEnd(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1);; end = json.indexOf('"', end + 1)) {
    let slashes = 0;
    while (json[end - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return end;
  }
}

/**
 * Finds a key that an object of a JSON text holds twice; `JSON.parse` would silently keep the last.
 *
 * Two spellings of one key (`"a"` and `"\u0061"`) count as the same.
 *
 * @param json A text that has already parsed.
 * @returns The first repeated key, or null.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { duplicateKey } from "./mod.ts";
 * assertEquals(duplicateKey('{"a": {"b": 1}, "b": 2}'), null);
 * assertEquals(duplicateKey('{"a": 1, "\\u0061": 2}'), "a");
 * ```
 */
export function duplicateKey(json: string): string | null {
  // One frame an open bracket: the keys of an object so far, or null for an array.
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < json.length; at++) {
    const text = json[at]!;
    if (text === "{") open.push(new Set());
    else if (text === "[") open.push(null);
    else if (text === "}" || text === "]") open.pop();
    else if (text === '"') {
      // By hand: a regular expression for strings overflows its stack on a hostile, very long one.
      const start = at;
      at = stringEnd(json, start);
      const keys = open.at(-1);
      if (!keys) continue;
      const end = at + 1;
      // A string of an object is a key or a value; JSON has four kinds of white space.
      while (" \t\n\r".includes(json[at + 1] ?? "!")) at++;
      if (json[at + 1] !== ":") continue;
      const key: string = JSON.parse(json.slice(start, end));
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return null;
}
