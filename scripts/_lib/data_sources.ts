import { UsageError } from "./usage_error.ts";

/** One data set of a command line: what is given after its `--dataset`. */
export interface DataSource {
  readonly dataset: string;
  /** Folder, or the file of a manifest. */
  readonly root: string;
  readonly annotations: string | null;
}

/**
 * Reads data sets off a command line: each `--dataset` begins one, and `--root` and `--annotations` belong to the
 * `--dataset` before them.
 *
 * @param order The flags as they were given.
 * @returns The data sets in order.
 * @throws {UsageError} When a flag stands before any `--dataset`, comes twice for one, or a root is missing.
 */
export function dataSources(
  order: readonly { readonly flag: string; readonly value: string | number }[],
): DataSource[] {
  const sources: { dataset: string; root?: string; annotations?: string }[] = [];
  for (const { flag, value } of order) {
    if (flag === "dataset") sources.push({ dataset: String(value) });
    if (flag !== "root" && flag !== "annotations") continue;
    const source = sources.at(-1);
    if (source === undefined) throw new UsageError(`Cannot use --${flag} ${value}: expected --dataset before it`);
    if (source[flag] !== undefined) {
      throw new UsageError(`Cannot use --${flag} ${value}: ${source.dataset} has --${flag} ${source[flag]} already`);
    }
    source[flag] = String(value);
  }
  if (sources.length === 0) throw new UsageError("Cannot go on without --dataset NAME --root DIR");
  return sources.map(({ dataset, root, annotations = null }) => {
    if (root === undefined) throw new UsageError(`Cannot go on without --root DIR after --dataset ${dataset}`);
    return { dataset, root, annotations };
  });
}
