import { join, resolve } from "@std/path";
import type { ClipEntry } from "../clip_entry.ts";
import type { ClipListing } from "../clip_listing.ts";
import { readManifest } from "../read_manifest.ts";
import { CASME } from "./_casme.ts";
import { CASME2 } from "./_casme2.ts";
import { readCasmeSquared } from "./_read_casme_squared.ts";
import { readCkplus } from "./_read_ckplus.ts";
import { findAnnotations } from "./_find_annotations.ts";
import type { Finder } from "./_finder.ts";
import { readCoded } from "./_read_coded.ts";
import { createReport, type Report } from "./_create_report.ts";
import { SAMM } from "./_samm.ts";
import { readSmic } from "./_read_smic.ts";
import { DATABASE_NAMES, type DatabaseName } from "./database_name.ts";

/** Options of {@linkcode readDatabase}. */
export interface ReadDatabaseOptions {
  /**
   * The annotation file, or a folder with it; for CK+ the folder of emotion files. Null: it is looked for under the
   * root, then beside it. @default {null}
   */
  readonly annotations?: string | null;
  /** Every finding is an error. @default {false} */
  readonly strict?: boolean;
  /** SMIC's camera; null: the one that is there, of several the fast one. @default {null} */
  readonly camera?: "hs" | "vis" | "nir" | null;
  /** The column of CAS(ME)² that is the label. @default {"valence"} */
  readonly labelColumn?: "valence" | "self-report";
}

/** Findings that an error names before it counts the rest. */
const SHOWN = 20;

/** The manifest itself, or `manifest.csv` of a folder. */
async function manifestEntries(root: string): Promise<ClipEntry[]> {
  const folder = await Deno.stat(root).then(({ isDirectory }) => isDirectory, () => false);
  return await readManifest(folder ? join(root, "manifest.csv") : root);
}

async function entriesOf(name: DatabaseName, root: string, options: ReadDatabaseOptions, report: Report) {
  const { camera = null, labelColumn = "valence" } = options;
  const given = options.annotations == null ? null : resolve(options.annotations);
  const find: Finder = ({ sheets }, spec) => findAnnotations(root, sheets, { spec, given });
  switch (name) {
    case "samm":
      return await readCoded(SAMM, root, { report, find });
    case "casme":
      return await readCoded(CASME, root, { report, find });
    case "casme2":
      return await readCoded(CASME2, root, { report, find });
    case "smic":
      return await readSmic(root, { report, find, camera, given: given !== null });
    case "casme-squared":
      return await readCasmeSquared(root, { report, find, label: labelColumn });
    case "ckplus":
      return await readCkplus(root, { report, given });
    case "manifest":
      return await manifestEntries(root);
  }
}

/**
 * Lists the clips of a data set as its owners hand it out, and everything about it that is not as it should be.
 *
 * Folders may be nested as archives nest them, workbooks are found by their usual names or their content, and frames
 * are found by listing: the last digit run of a name is its number. Nothing is decoded. Labels are the owners' own, in
 * one spelling; {@linkcode applyLabelSet} maps them. Rows without frames, frames without rows, impossible apexes and
 * the like are worked around and told as findings with file and row. Windows are numbers of existing frames.
 *
 * | name | read | subjects | kind |
 * |---|---|---|---|
 * | `samm` | workbook, `006/006_1_2/*.jpg` | `006` | micro |
 * | `smic` | cropped and raw by folder; extended by workbook; one camera | `s03` | micro |
 * | `casme` | both sections, CSV or .xlsx of the old workbooks | `sub01` | micro |
 * | `casme2` | workbook, cropped, selected or whole videos | `sub01` | micro |
 * | `casme-squared` | workbook, rawpic, cropped or selectedpic | `s15` | micro and macro |
 * | `ckplus` | pictures and emotion files | `S005` | macro |
 * | `manifest` | `manifest.csv` | its own | its own |
 *
 * @param name Which data set.
 * @param root The folder it was unpacked in; for a manifest the file or its folder.
 * @param options Annotations, strictness, and what single data sets leave open.
 * @returns Clips ordered by id, findings, and notes. Ids are `database/subject/clip`, with `@onset` where several
 * movements share a clip.
 * @throws {Deno.errors.NotFound} When the root or the annotations are missing.
 * @throws {SyntaxError} When an annotation file cannot be parsed, has a password, or is an old binary `.xls`.
 * @throws {TypeError} When a folder is expected and a file, such as an archive, is given.
 * @throws {RangeError} When the folder is empty or another data set's, two are mixed, it is open which of several
 * folders or workbooks is meant, or `strict` and there is a finding.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { readDatabase } from "./mod.ts";
 * const root = await Deno.makeTempDir();
 * const clip = `${root}/HS/s3/micro/negative/s3_ne_01`;
 * await Deno.mkdir(clip, { recursive: true });
 * for (const number of [99, 100, 101]) await Deno.writeTextFile(`${clip}/reg_image000${number}.bmp`, "");
 * const { entries, findings } = await readDatabase("smic", root);
 * const [{ id, label, onset, apex, offset }] = entries as [typeof entries[0]];
 * assertEquals([id, label, onset, apex, offset], ["smic/s03/hs/s03_ne_01", "negative", 99, null, 101]);
 * assertEquals(findings, []);
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export async function readDatabase(
  name: DatabaseName,
  root: string,
  options: ReadDatabaseOptions = {},
): Promise<ClipListing> {
  if (!DATABASE_NAMES.includes(name)) {
    throw new RangeError(`Cannot read a data set: expected one of ${DATABASE_NAMES.join(", ")}, got "${name}"`);
  }
  const report = createReport();
  const entries = await entriesOf(name, resolve(root), options, report);
  const { notes } = report;
  // Folders are listed at the same time; what is told about one place keeps its order.
  const findings = [...report.findings].sort((a, b) =>
    a.file !== b.file ? (a.file < b.file ? -1 : 1) : (a.line ?? 0) - (b.line ?? 0)
  );
  if (options.strict && findings.length > 0) {
    const lines = findings.slice(0, SHOWN).map(({ file, line, message }) =>
      `  ${file}${line === null ? "" : `, row ${line}`}: ${message}`
    );
    if (findings.length > SHOWN) lines.push(`  … and ${findings.length - SHOWN} more`);
    throw new RangeError(
      `Cannot read ${name} strictly: expected no findings, got ${findings.length}:\n${lines.join("\n")}`,
    );
  }
  if (name === "manifest") {
    const names = [...new Set(entries.map((entry) => entry.database))].sort();
    return { database: names.join("+"), entries, findings, notes };
  }
  return { database: name, entries: entries.sort((a, b) => (a.id < b.id ? -1 : 1)), findings, notes };
}
