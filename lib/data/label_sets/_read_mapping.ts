import { basename } from "@std/path";
import * as z from "zod";
import { fileError } from "../_file_error.ts";
import { foldLabel } from "../_fold_label.ts";
import type { LabelSet } from "./label_set.ts";

const name = z.string().trim().min(1);
const flatSchema = z.record(name, name.nullable());
const nestedSchema = z.record(name, flatSchema);

type Mapping = ReadonlyMap<string, string | null>;

/** Folds the labels; two spellings of one label with two targets are an error. */
function foldKeys(labels: Readonly<Record<string, string | null>>, fail: (message: string) => RangeError): Mapping {
  const map = new Map<string, string | null>();
  for (const [label, target] of Object.entries(labels)) {
    const key = foldLabel(label);
    if (map.has(key) && map.get(key) !== target) throw fail(`one target for "${key}", got two`);
    map.set(key, target);
  }
  return map;
}

/**
 * Reads a mapping file: `{label: class | null}` for every database, or `{database: {label: class | null}}`. Null leaves
 * a label out; a label that is not mentioned is an error, so that nothing is dropped by a slip of spelling.
 */
export async function readMapping(path: string): Promise<LabelSet> {
  const doing = `read the label mapping ${path}`;
  const fail = (message: string) => new RangeError(`Cannot ${doing}: expected ${message}`);
  let json: unknown;
  try {
    json = JSON.parse((await Deno.readTextFile(path)).replace(/^\ufeff/, ""));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw fileError(error, doing);
    throw new SyntaxError(`Cannot ${doing}: expected JSON, got ${error.message}`, { cause: error });
  }
  const nested = json !== null && typeof json === "object" &&
    Object.values(json).some((value) => value !== null && typeof value === "object");
  const parsed = (nested ? nestedSchema : flatSchema).safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw fail(
      `{label: class or null} or {database: {label: class or null}}, got at ${issue!.path.join(".") || "the top"}: ${
        issue!.message
      }`,
    );
  }
  if (Object.keys(parsed.data).length === 0) throw fail("at least one label, got none");
  const flat = nested ? null : foldKeys(flatSchema.parse(parsed.data), fail);
  const databases = new Map(
    Object.entries(nested ? nestedSchema.parse(parsed.data) : {}).map(([key, labels]) => [key, foldKeys(labels, fail)]),
  );
  return {
    // Packed files keep the name, and no place on this machine.
    name: basename(path),
    target({ database, label, id }) {
      const labels = flat ?? databases.get(database);
      if (labels === undefined) {
        throw new RangeError(
          `Cannot map ${id}: expected its database "${database}" in ${path}, got ${[...databases.keys()].join(", ")}`,
        );
      }
      const target = labels.get(foldLabel(label));
      if (target === undefined) {
        throw new RangeError(
          `Cannot map ${id}: expected its label "${label}" in ${path}, got ${[...labels.keys()].join(", ")}`,
        );
      }
      return target === null ? { leftOut: `${basename(path)} leaves it out` } : { label: target };
    },
  };
}
