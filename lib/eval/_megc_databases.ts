import type { RowSummary } from "./study_report_data.ts";

/** The MEGC2019 database of a name like `SMIC-HS` or `casme_ii`; undefined for any other. */
export function megcDatabase(name: string): "smic" | "casme2" | "samm" | undefined {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, "");
  if (/^smic/.test(plain)) return "smic";
  if (/^casme(2|ii)$/.test(plain)) return "casme2";
  return plain === "samm" ? "samm" : undefined;
}

/** Names of the databases whose subjects were held out. */
export function heldoutDatabases(rows: readonly RowSummary[]): string[] {
  const names = rows.flatMap((row) => row.subjects ?? []).map(({ name }) => name.slice(0, name.indexOf("/")));
  return [...new Set(names)].sort();
}
