import * as z from "zod";
import { checkName, checkVersion } from "./_check_name.ts";
import { decodeJson } from "./_json.ts";
import { modelCardSchema } from "./model_card_schema.ts";
import type { ObjectStore } from "./types.ts";

/** model.json as stored: the card, its version and what its weights hash to. */
const storedCardSchema = modelCardSchema.extend({
  version: z.string().regex(/^[0-9a-f]{16}$/),
  weightsSha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** A checked model card. */
export type Card = z.infer<typeof modelCardSchema>;

/** A checked model.json. */
export type StoredCard = z.infer<typeof storedCardSchema>;

/** Key prefix of a tenant's models, of one model. */
export function modelPrefix(tenant: string, name: string): string {
  return `tenants/${checkName("tenant", tenant)}/models/${checkName("model name", name)}`;
}

/** Key prefix of the manifests of an alias. */
export function aliasPrefix(tenant: string, name: string, alias: string): string {
  return `${modelPrefix(tenant, name)}/aliases/${checkName("alias", alias)}`;
}

/** What an alias's manifest says. */
export const aliasSchema = z.strictObject({ version: z.string().regex(/^[0-9a-f]{16}$/) });

/** Parses with a schema; an error names the object and the field. */
export function parseObject<T extends z.ZodType>(schema: T, value: unknown, key: string): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new SyntaxError(`Cannot read "${key}": field ${issue.path.join(".") || "(all)"}: ${issue.message}`);
}

/**
 * Reads model.json of a version.
 *
 * @returns The card, or null when there is no such version.
 * @throws {SyntaxError} When it is no JSON or not of the schema.
 */
export async function readCard(
  store: ObjectStore,
  tenant: string,
  name: string,
  version: string,
): Promise<StoredCard | null> {
  const key = `${modelPrefix(tenant, name)}/${checkVersion(version)}/model.json`;
  const bytes = await store.get(key);
  return bytes === null ? null : parseObject(storedCardSchema, decodeJson(bytes, key), key);
}
