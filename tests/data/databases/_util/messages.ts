import { relative } from "@std/path";
import type { ClipListing } from "../../../../lib/data/mod.ts";

/** Findings as `path:row message`, paths below a root. */
export function messages({ findings }: ClipListing, root: string): string[] {
  return findings.map(({ file, line, message }) => `${relative(root, file)}:${line ?? ""} ${message}`);
}

/** Clips a label has. */
export function labels({ entries }: Pick<ClipListing, "entries">): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { label } of entries) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/** Persons, as database and subject. */
export function persons({ entries }: Pick<ClipListing, "entries">): string[] {
  return [...new Set(entries.map(({ database, subject }) => `${database}/${subject}`))].sort();
}
