import * as z from "zod";

/** What a key may be used for; each function asks for one. */
export type Scope = ApiKey["scopes"][number];

/**
 * The schema of one entry of the keys file: the key's SHA-256, never the key itself, whose it is, and its scopes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { apiKeySchema } from "./mod.ts";
 * const entry = { sha256: "0".repeat(64), tenant: "clinic", scopes: ["predict"] };
 * assertEquals(apiKeySchema.safeParse(entry).success, true);
 * assertEquals(apiKeySchema.safeParse({ ...entry, scopes: ["root"] }).success, false);
 * ```
 */
export const apiKeySchema = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/, { error: "expected 64 hexadecimal digits, lower case" }),
  tenant: z.string().regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}$/, {
    error: 'expected 1 to 128 of A-Z a-z 0-9 . _ -, neither "." nor ".."',
  }),
  scopes: z.array(z.enum(["train", "adapt", "predict"])).min(1, { error: "expected at least one scope" })
    .refine((scopes) => new Set(scopes).size === scopes.length, { error: "expected every scope once" }),
});

/** A key that the server knows. */
export type ApiKey = z.infer<typeof apiKeySchema>;
