/**
 * Finds a key that an object of a JSON text holds twice; `JSON.parse` would silently keep the last.
 *
 * The text must already have parsed. Two spellings of one key (`"a"` and `"\u0061"`) count as the same.
 *
 * @returns The first repeated key, or null.
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
      const start = at++;
      while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
      const keys = open.at(-1);
      if (!keys || !/^[ \t\n\r]*:/.test(json.slice(at + 1, at + 65))) continue;
      const key: string = JSON.parse(json.slice(start, at + 1));
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return null;
}
