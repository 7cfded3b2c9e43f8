import { z } from "zod";

/** The body of a promotion. */
export const aliasBodySchema = z.strictObject({
  version: z.string().regex(/^[0-9a-f]{16}$/, { error: "expected 16 hexadecimal digits" }),
});
