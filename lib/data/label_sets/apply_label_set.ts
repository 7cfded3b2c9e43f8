import type { ClipEntry } from "../clip_entry.ts";
import type { ClipListing } from "../clip_listing.ts";
import type { LabelSet } from "./label_set.ts";

/** Clips of one label that a set leaves out, for one reason. */
export interface LeftOut {
  readonly database: string;
  /** The owners' label. */
  readonly label: string;
  readonly reason: string;
  readonly count: number;
}

/** A listing with its labels mapped. */
export interface LabelledListing {
  /** Of all databases, in the order in which they were given. */
  readonly listing: ClipListing;
  /** Ordered by database, label, reason. */
  readonly leftOut: readonly LeftOut[];
}

/** Notes where a database gives another number of clips than the published set. */
function comparePublished(set: LabelSet, entries: readonly ClipEntry[], databases: ReadonlySet<string>): string[] {
  return Object.entries(set.published ?? {}).flatMap(([database, published]) => {
    if (!databases.has(database)) return [];
    const count = entries.filter((entry) => entry.database === database && entry.kind === "micro").length;
    return count === published
      ? []
      : [`${database} gives ${count} clips for ${set.name}, the published set has ${published}`];
  });
}

/**
 * Maps the labels of one listing, or of several as one composite.
 *
 * Clips that the set leaves out are counted by label and reason. Persons stay `database` + `subject`; one who keeps no
 * clip is gone. Findings and notes are joined; a database that gives another number of clips than the published set
 * gets a note.
 *
 * @param listings One listing, or the parts of a composite, each database once.
 * @param set From {@linkcode readLabelSet}.
 * @returns The mapped listing and what was left out.
 * @throws {RangeError} When the set says nothing about a label or database, two clips have one id, or no clip is left.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { applyLabelSet, type ClipListing, readLabelSet } from "../mod.ts";
 * const common = { database: "samm", subject: "006", kind: "micro", path: "/x", onset: 1, apex: 2, offset: 3 } as const;
 * const entries = ["anger", "others"].map((label, i) => (
 *   { ...common, id: `samm/006/c${i}`, label, fps: 200, file: "/x.xlsx", line: 15 + i }
 * ));
 * const samm: ClipListing = { database: "samm", entries, findings: [] };
 * const { listing, leftOut } = applyLabelSet(samm, await readLabelSet("megc3"));
 * assertEquals(listing.entries.map(({ label }) => label), ["negative"]);
 * assertEquals([leftOut[0]!.label, leftOut[0]!.count], ["others", 1]);
 * ```
 */
export function applyLabelSet(listings: ClipListing | readonly ClipListing[], set: LabelSet): LabelledListing {
  const all: readonly ClipListing[] = "database" in listings ? [listings] : listings;
  const counts = new Map<string, LeftOut>();
  const entries: ClipEntry[] = [];
  const seen = new Map<string, ClipEntry>();
  const databases = new Set<string>();
  for (const entry of all.flatMap((listing) => listing.entries)) {
    const { database, label } = entry;
    databases.add(database);
    const earlier = seen.get(entry.id);
    if (earlier !== undefined) {
      throw new RangeError(
        `Cannot join data sets: expected every clip once, got ${entry.id} in ${earlier.file} and in ${entry.file}`,
      );
    }
    seen.set(entry.id, entry);
    const target = set.target(entry);
    if ("label" in target) {
      entries.push({ ...entry, label: target.label });
      continue;
    }
    const key = JSON.stringify([database, label, target.leftOut]);
    counts.set(key, { database, label, reason: target.leftOut, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  if (entries.length === 0) {
    const native = [...counts.values()].map(({ label, count }) => `${count} ${label}`).join(", ");
    throw new RangeError(
      `Cannot apply the label set ${set.name}: expected a clip of its classes, got ${native || "none"}`,
    );
  }
  return {
    listing: {
      database: all.map(({ database }) => database).join("+"),
      entries,
      findings: all.flatMap(({ findings }) => findings),
      notes: [...all.flatMap(({ notes }) => notes ?? []), ...comparePublished(set, entries, databases)],
    },
    leftOut: [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one),
  };
}
