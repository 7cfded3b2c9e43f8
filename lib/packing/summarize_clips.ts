import type { ClipEntry, Finding } from "../data/mod.ts";
import type { ClipFacts } from "./clip_facts.ts";

/** A value and how many clips have it. */
export interface Count {
  readonly value: string;
  readonly clips: number;
}

/** What one database offers. */
export interface DatabaseSummary {
  readonly database: string;
  readonly clips: number;
  /** Of these, large, posed expressions. */
  readonly macro: number;
  readonly subjects: number;
  /** By name. */
  readonly classes: readonly Count[];
  /** Frames a clip; null where no clip was read. */
  readonly frames: { readonly min: number; readonly median: number; readonly max: number } | null;
  /** Frames a second, the most frequent first; `unknown` where none is given. */
  readonly rates: readonly Count[];
  /** Size and colour of the frames, the most frequent first: `640 x 480 grey`, `84 x 91 colour and others` of a clip. */
  readonly sizes: readonly Count[];
  /** Where the apexes of the clips that were read come from: {@linkcode ClipFacts.apexSource}. */
  readonly apexes: readonly Count[];
  /** Things that a reader noticed and worked around. */
  readonly findings: number;
  /** Clips that cannot be read. */
  readonly broken: number;
}

function counts(values: readonly string[]): Count[] {
  const tally = new Map<string, number>();
  for (const value of values) tally.set(value, (tally.get(value) ?? 0) + 1);
  return [...tally].map(([value, clips]) => ({ value, clips }));
}

const byName = (a: Count, b: Count) => (a.value < b.value ? -1 : 1);
const byClips = (a: Count, b: Count) => b.clips - a.clips || byName(a, b);

function spread(values: readonly number[]): DatabaseSummary["frames"] {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)]!, sorted[Math.ceil((sorted.length - 1) / 2)]!];
  return { min: sorted[0]!, median: (low + high) / 2, max: sorted.at(-1)! };
}

/**
 * Counts what each database offers: clips, subjects, classes, frames a clip, frame rates, sizes.
 *
 * @param entries The clips.
 * @param facts What was found in each; null: not read or not readable.
 * @param findings By database, what its reader noticed.
 * @returns One summary a database, in the order of their first clips.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { summarizeClips } from "./mod.ts";
 * const entry = {
 *   id: "c1", database: "demo", subject: "s1", label: "happy", kind: "micro", path: "/demo/c1",
 *   onset: 1, apex: 4, offset: 9, fps: 200, file: "demo.csv", line: 2,
 * } as const;
 * const [demo] = summarizeClips([entry], [null], new Map());
 * assertEquals(demo!.rates, [{ value: "200", clips: 1 }]);
 * ```
 */
export function summarizeClips(
  entries: readonly ClipEntry[],
  facts: readonly (ClipFacts | null)[],
  findings: ReadonlyMap<string, readonly Finding[]>,
): DatabaseSummary[] {
  const databases = [...new Set([...entries.map(({ database }) => database), ...findings.keys()])];
  return databases.map((database) => {
    const own = entries.flatMap((
      entry,
      i,
    ) => (entry.database === database ? [{ entry, found: facts[i] ?? null }] : []));
    const read = own.flatMap(({ found }) => (found === null ? [] : [found]));
    return {
      database,
      clips: own.length,
      macro: own.filter(({ entry }) => entry.kind === "macro").length,
      subjects: new Set(own.map(({ entry }) => entry.subject)).size,
      classes: counts(own.map(({ entry }) => entry.label)).sort(byName),
      frames: spread(read.map(({ frames }) => frames)),
      rates: counts(own.map(({ entry }) => (entry.fps === null ? "unknown" : String(entry.fps)))).sort(byClips),
      sizes: counts(
        read.map(({ width, height, channels, sizes }) =>
          `${width} x ${height} ${channels === 1 ? "grey" : "colour"}${sizes > 1 ? " and others" : ""}`
        ),
      ).sort(byClips),
      apexes: counts(read.map(({ apexSource }) => apexSource)).sort(byClips),
      findings: findings.get(database)?.length ?? 0,
      broken: own.filter(({ found }) => found === null).length,
    };
  });
}
