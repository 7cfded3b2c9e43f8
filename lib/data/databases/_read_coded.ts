import { basename, join } from "@std/path";
import { foldLabel } from "../_fold_label.ts";
import type { ClipEntry } from "../clip_entry.ts";
import type { CodedDatabase } from "./_coded_database.ts";
import { cutWindow, type Window } from "./_cut_window.ts";
import { explore, type SubjectRoot } from "./_explore.ts";
import type { AnnotationSpec } from "./_find_annotations.ts";
import type { Finder } from "./_finder.ts";
import { findTable, type TableRow } from "./_find_table.ts";
import { type FrameFolder, readFrameFolder } from "./_read_frame_folder.ts";
import { readApex } from "./_read_apex.ts";
import { listFolder } from "./_list_folder.ts";
import type { Report } from "./_create_report.ts";
import { wholeNumber } from "./_whole_number.ts";

/** How a coded database's workbook is recognised. */
function codedAnnotations(database: CodedDatabase): AnnotationSpec<TableRow[]> {
  const { title, fileName, expected, columns, clipName } = database;
  return {
    title,
    fileName,
    expected,
    parts: database.shared,
    read(sheets) {
      const rows = findTable(sheets, columns, ["subject", "clip", "onset", "apex", "offset", "label"]);
      return rows?.some((row) => clipName.test(String(row.cell("clip") ?? ""))) ? rows : null;
    },
  };
}

/** A clip's folder on disk. */
interface ClipFolder extends FrameFolder {
  /** Whether a row has asked for it. */
  used: boolean;
}

/** `subject number/clip name` → folder. */
async function listClips(
  database: CodedDatabase,
  roots: readonly SubjectRoot[],
  report: Report,
): Promise<Map<string, ClipFolder>> {
  const clips = new Map<string, ClipFolder>();
  for (const { path, subjects } of roots) {
    for (const subject of subjects) {
      const folder = join(path, subject);
      const number = Number(subject.replace(/\D/g, ""));
      const { folders } = await listFolder(folder);
      const all = await Promise.all(folders.map((clip) => readFrameFolder(join(folder, clip))));
      for (const [i, frames] of all.entries()) {
        const foreign = frames.first === "" ? null : database.foreignFrame?.(frames.first) ?? null;
        if (foreign !== null) {
          throw new RangeError(
            `Cannot read ${database.title} from ${path}: expected its frames, got ${frames.first} in ${frames.path}, ` +
              `as ${foreign} names them`,
          );
        }
        const key = `${number}/${folders[i]!.toLowerCase()}`;
        const other = clips.get(key);
        if (other !== undefined) report.find(frames.path, null, `the same clip as ${other.path}: passed over`);
        else clips.set(key, { ...frames, used: false });
      }
    }
  }
  return clips;
}

/** One row, as far as it can be understood. */
interface CodedRow extends Window {
  readonly subject: string;
  readonly clip: string;
  /** The onset as annotated: the row's name where several movements share a clip. */
  readonly key: number;
  readonly label: string;
  readonly actionUnits: string | null;
  readonly folder: ClipFolder;
  readonly file: string;
  readonly line: number;
}

/** Reads a row and fits it to its folder; null when it makes no clip, which is then reported. */
function readRow(
  database: CodedDatabase,
  { file, row, clips, report }: {
    file: string;
    row: TableRow;
    clips: ReadonlyMap<string, ClipFolder>;
    report: Report;
  },
): CodedRow | null {
  const { line } = row;
  const find = (message: string) => report.find(file, line, message);
  const [subject, clip] = [row.cell("subject"), row.cell("clip")];
  const number = wholeNumber(typeof subject === "string" ? subject.replace(/^sub/i, "") : subject);
  if (number === null || clip === null) {
    find(`expected a subject's number and a clip's name, got "${subject ?? ""}" and "${clip ?? ""}": left out`);
    return null;
  }
  const name = `${database.subjectName(number)}/${clip}`;
  const say = (message: string) => find(`${name}: ${message}`);
  const label = foldLabel(String(row.cell("label") ?? ""));
  const folder = clips.get(`${number}/${String(clip).toLowerCase()}`);
  if (folder === undefined) {
    say("the clip has no folder of frames: left out");
    return null;
  }
  folder.used = true;
  if (label === "") {
    say("the row has no label: left out");
    return null;
  }
  if (folder.fault !== null) {
    say(`the frames in ${folder.path} have no order, ${folder.fault}: left out`);
    return null;
  }
  let [onset, offset] = [wholeNumber(row.cell("onset")), wholeNumber(row.cell("offset"))];
  if (onset === null || offset === null || onset > offset) {
    const got = `onset "${row.cell("onset") ?? ""}" and offset "${row.cell("offset") ?? ""}" are no window`;
    if (database.shared) {
      say(`${got}, and the folder may hold further movements: left out`);
      return null;
    }
    say(`${got}: the whole folder was taken`);
    [onset, offset] = [folder.numbers[0]!, folder.numbers.at(-1)!];
  }
  // A second apex column stands in for the first.
  const second = wholeNumber(row.cell("apex2"));
  let apex = readApex(row.cell("apex"), { onset, offset }, say);
  if (apex === null && second !== null && second >= onset && second <= offset) {
    say(`the second apex ${second} was taken`);
    apex = second;
  }
  const window = cutWindow({ onset, apex, offset }, folder, say);
  if (window === null) return null;
  const units = row.cell("units");
  return {
    ...window,
    subject: database.subjectName(number),
    clip: String(clip),
    key: onset,
    label,
    actionUnits: units === null ? null : String(units),
    folder,
    file,
    line,
  };
}

/** Tells of folders that reach beyond their windows, unless they are whole videos, as most then do. */
function findLongFolders(database: CodedDatabase, rows: readonly CodedRow[], report: Report): void {
  if (database.shared) return;
  const long = rows.filter(({ folder: { numbers }, onset, offset }) =>
    numbers[0]! < onset! || numbers.at(-1)! > offset!
  );
  if (long.length * 2 > rows.length) return;
  for (const { folder: { numbers }, subject, clip, onset, offset, file, line } of long) {
    report.find(
      file,
      line,
      `${subject}/${clip}: the folder holds frames ${numbers[0]} to ${numbers.at(-1)}, the row says ${onset} to ` +
        `${offset}: the row was followed`,
    );
  }
}

/** Gives every row an id; a row that repeats another is left out. */
function toEntries(database: CodedDatabase, rows: readonly CodedRow[], report: Report): ClipEntry[] {
  const shared = new Map<string, number>();
  for (const { subject, clip } of rows) {
    shared.set(`${subject}/${clip}`, (shared.get(`${subject}/${clip}`) ?? 0) + 1);
  }
  const entries = new Map<string, ClipEntry>();
  for (const { subject, clip, key, label, actionUnits, folder, file, line, onset, apex, offset } of rows) {
    const several = database.shared || shared.get(`${subject}/${clip}`)! > 1;
    const id = `${database.name}/${subject}/${clip}${several ? `@${key}` : ""}`;
    const earlier = entries.get(id);
    if (earlier !== undefined) {
      report.find(file, line, `${subject}/${clip}: the movement of row ${earlier.line} again: left out`);
      continue;
    }
    entries.set(id, {
      ...{ id, database: database.name, subject, label, kind: "micro", path: folder.path },
      ...{ onset, apex, offset, actionUnits, fps: database.fps, file, line },
    });
  }
  return [...entries.values()];
}

/** Reads a coded database. */
export async function readCoded(
  database: CodedDatabase,
  root: string,
  { report, find }: {
    report: Report;

    find: Finder;
  },
): Promise<ClipEntry[]> {
  const explored = await explore(root, database, report);
  const spec = codedAnnotations(database);
  const annotations = database.annotations(await find(explored, spec), spec, root);
  const clips = await listClips(database, database.roots(explored.roots, root), report);
  const rows = annotations.flatMap(({ file, value }) =>
    value.flatMap((row) => readRow(database, { file, row, clips, report }) ?? [])
  );
  if (rows.length === 0) {
    throw new RangeError(
      `Cannot read ${database.title} from ${root}: expected frames for the rows of ` +
        `${annotations.map(({ file }) => file).join(", ")}, got none for any: is it the folder of another data set?`,
    );
  }
  findLongFolders(database, rows, report);
  for (const { path, used, numbers } of clips.values()) {
    if (used) continue;
    report.find(path, null, `${basename(path)}: ${numbers.length} frames without a row: left out`);
  }
  return toEntries(database, rows, report);
}
