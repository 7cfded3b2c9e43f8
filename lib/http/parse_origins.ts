import { UsageError } from "../process/mod.ts";

/** Whether a text is an origin exactly as browsers send it: scheme, host, port, nothing else. */
function isOrigin(text: string): boolean {
  try {
    const url = new URL(text);
    return url.origin === text && /^https?:$/.test(url.protocol);
  } catch {
    return false;
  }
}

/**
 * Reads a list of origins whose pages may use a server.
 *
 * @param setting What named it, for messages.
 * @param list Origins with commas between them, or nothing.
 * @returns The origins.
 * @throws {UsageError} When one is no origin; `*` is none, because pages send keys.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { parseOrigins } from "./mod.ts";
 * assertEquals(parseOrigins("LIGHTMAN_CORS", "https://a.example,http://localhost:5173").length, 2);
 * assertThrows(() => parseOrigins("LIGHTMAN_CORS", "*"), Error, "LIGHTMAN_CORS");
 * ```
 */
export function parseOrigins(setting: string, list: string | undefined): string[] {
  if (list === undefined) return [];
  return list.split(",").map((part) => {
    const origin = part.trim();
    if (isOrigin(origin)) return origin;
    const why = "expected origins like https://app.example with commas between them";
    throw new UsageError(`Cannot use ${setting}: ${why}, got ${JSON.stringify(origin)}`);
  });
}
