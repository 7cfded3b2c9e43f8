import * as z from "zod";
import { checkName } from "./_check_name.ts";
import { checkSubjectId } from "./check_subject_id.ts";
import { subjectMetaSchema } from "./subject_meta_schema.ts";

/** A checked meta.json, without what storage adds. */
export type SubjectMeta = z.infer<typeof subjectMetaSchema>;

/** meta.json as stored. */
export const storedSubjectSchema = subjectMetaSchema.extend({
  subject: z.string(),
  version: z.string().regex(/^[0-9a-f]{16}$/),
  weightsSha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** How often the id was erased before this calibration began. */
  generation: z.int().nonnegative().default(0),
});

/** A checked meta.json. */
export type StoredSubject = z.infer<typeof storedSubjectSchema>;

/** Key prefix of a tenant's subjects. */
export function subjectsPrefix(tenant: string): string {
  return `tenants/${checkName("tenant", tenant)}/subjects`;
}

/** Key prefix of one subject's objects. */
export function subjectPrefix(tenant: string, subject: string): string {
  return `${subjectsPrefix(tenant)}/${checkSubjectId(subject)}`;
}
