import * as z from "zod";
import { checkName } from "./_check_name.ts";

/** What a checkpoint's manifest says. */
export const checkpointEntrySchema = z.strictObject({
  step: z.int().nonnegative(),
  key: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** Key prefix of a run's checkpoints. */
export function checkpointPrefix(tenant: string, runId: string): string {
  return `tenants/${checkName("tenant", tenant)}/runs/${checkName("run id", runId)}/checkpoints`;
}
