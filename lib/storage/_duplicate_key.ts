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
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]]/g;
  for (let match = token.exec(json); match !== null; match = token.exec(json)) {
    const text = match[0];
    if (text === "{") open.push(new Set());
    else if (text === "[") open.push(null);
    else if (text === "}" || text === "]") open.pop();
    else {
      const keys = open.at(-1);
      if (!keys || !/^[ \t\n\r]*:/.test(json.slice(token.lastIndex, token.lastIndex + 64))) continue;
      const key: string = JSON.parse(text);
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return null;
}
