import { heldoutDatabases, megcDatabase } from "./_megc_databases.ts";
import { PUBLISHED, type PublishedComposite, type PublishedTable } from "./published.ts";
import type { StudySummary } from "./study_report_data.ts";

/** What others printed of the same kind as a protocol's table, with what is known of how it was obtained. */
export interface PublishedFigures {
  /** What the paper says of this protocol. */
  readonly claim?: string;
  /** The MEGC2019 composite, leave one subject out; UF1 and UAR, shares. */
  readonly composite?: {
    readonly rows: readonly PublishedComposite[];
    /** By key of a row's `caveats`. */
    readonly caveats: Readonly<Record<string, string>>;
    /** UAR counted again from the authors' own log, by method and column. */
    readonly recounted: typeof PUBLISHED.recounted;
  };
  /** Tables of the paper, percent with half widths of intervals, and what is known of how they were obtained. */
  readonly paper?: { readonly tables: readonly PublishedTable[]; readonly notes: readonly string[] };
}

/**
 * Picks what others printed that stands beside a protocol's table: in its report and in its JSON.
 *
 * @param summary The table.
 * @returns Published figures; empty when nothing fits.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { publishedFor } from "./mod.ts";
 * const found = publishedFor({ protocol: "ablation", summary: "", notes: [], classes: ["a", "b"], rows: [] });
 * assertEquals(found.paper!.tables.map(({ columns }) => columns), [["ACC", "F1", "UAR"]]);
 * ```
 */
export function publishedFor({ protocol, rows, resampled }: StudySummary): PublishedFigures {
  // Random tasks with labels of their own are another benchmark than faces.
  if (resampled === "tasks") return {};
  const claim = PUBLISHED.claims[protocol];
  const composite = (protocol === "loso" || protocol === "cde") &&
    heldoutDatabases(rows).some((name) => megcDatabase(name) !== undefined);
  const tables = ({ fewshot: [1, 0], ablation: [2] }[protocol] ?? []).map((i) => PUBLISHED.tables[i]!);
  const { composite: methods, caveats, recounted, paperNotes } = PUBLISHED;
  return {
    ...(claim !== undefined && { claim }),
    ...(composite && { composite: { rows: methods, caveats, recounted } }),
    ...(tables.length > 0 && { paper: { tables, notes: paperNotes } }),
  };
}
