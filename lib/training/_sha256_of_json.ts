import { sha256 } from "../storage/mod.ts";

/** SHA-256 of a value's JSON with the names of records sorted at every depth. */
export async function sha256OfJson(value: unknown): Promise<string> {
  const text = JSON.stringify(
    value,
    (_key, node) =>
      typeof node === "object" && node !== null && !Array.isArray(node)
        ? Object.fromEntries(Object.entries(node).sort(([a], [b]) => (a < b ? -1 : 1)))
        : node,
  );
  return await sha256(new TextEncoder().encode(text));
}
