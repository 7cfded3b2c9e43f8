function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted((value as Record<string, unknown>)[name])]));
}

/**
 * JSON with the names of records sorted at every depth: the same content always gives the same text.
 *
 * @param value Plain data.
 * @param indent Spaces a level, for human readers; default all in one line.
 * @returns The text.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { canonicalJson } from "./mod.ts";
 * assertEquals(canonicalJson({ b: [1], a: { d: 2, c: null } }), '{"a":{"c":null,"d":2},"b":[1]}');
 * ```
 */
export function canonicalJson(value: unknown, indent = 0): string {
  return JSON.stringify(sorted(value), null, indent);
}
