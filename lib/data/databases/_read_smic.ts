import { basename, join, relative } from "@std/path";
import type { ClipEntry } from "../clip_entry.ts";
import { explore, type SubjectRoot } from "./_explore.ts";
import { type FrameFolder, readFrameFolder } from "./_read_frame_folder.ts";
import { listFolder } from "./_list_folder.ts";
import type { Finder } from "./_finder.ts";
import { cutWindow } from "./_cut_window.ts";
import { readSmicSheet, type SmicRow } from "./_read_smic_sheet.ts";
import { smicAnnotations, type SmicCamera } from "./_smic_annotations.ts";
import { parseSmicClip, type SmicClip } from "./_parse_smic_clip.ts";
import type { Report } from "./_create_report.ts";
import { onlyAnnotations } from "./_only_annotations.ts";

const SPEC = { name: "smic", title: "SMIC", subjectFolder: /^s\d{1,2}$/i, example: "s1, s2, … or s01, s02, …" };
const CAMERAS: readonly SmicCamera[] = ["hs", "vis", "nir"];
const EMOTION = /^(negative|positive|surprise)$/i;
const NON_MICRO = /^non[-_ ]?micro/i;

/** A clip's folder: of the short release, which is the movement, or of the extended one, which holds more. */
interface SmicFolder {
  readonly clip: SmicClip;
  readonly frames: FrameFolder;
  /** The emotion's folder it lies in; null in the extended release. */
  readonly emotion: string | null;
}

/** The camera that a path names, as in `HS`, `HS_long`, `SMIC-VIS-E`. */
function cameraOf(path: string): SmicCamera | null {
  const words = path.toLowerCase().split(/[^a-z]+/);
  return CAMERAS.find((camera) => words.includes(camera)) ?? null;
}

/** Picks the folder of one camera: the given one, else the fast one, else the only one there is. */
function rootOf(
  roots: readonly SubjectRoot[],
  { given, root }: { given: SmicCamera | null; root: string },
): { chosen: SubjectRoot; camera: SmicCamera } {
  const all = roots.map((one) => ({ one, is: cameraOf(join(basename(root), relative(root, one.path))) }));
  const there = CAMERAS.filter((camera) => all.some(({ is }) => is === camera));
  const camera = given ?? (there.includes("hs") || there.length !== 1 ? "hs" : there[0]!);
  const own = all.filter(({ is }) => is === camera);
  const fitting = own.length > 0 ? own : all.filter(({ is }) => is === null);
  if (fitting.length === 1) return { chosen: fitting[0]!.one, camera };
  const names = all.map(({ one, is }) => `${one.path}${is === null ? "" : ` (${is})`}`).join(", ");
  throw new RangeError(
    `Cannot read SMIC from ${root}: expected one folder of the camera ${camera}, got ${names}: ` +
      "choose the camera, or give one folder as the root",
  );
}

/** Lists one subject's clips in either layout. */
async function listSubject(path: string, report: Report): Promise<{ clips: SmicFolder[]; nonMicro: number }> {
  const clips: SmicFolder[] = [];
  let nonMicro = 0;
  const visit = async (folder: string, emotion: string | null, depth: number): Promise<void> => {
    for (const name of (await listFolder(folder)).folders) {
      const at = join(folder, name);
      const clip = parseSmicClip(name);
      if (NON_MICRO.test(name)) nonMicro++;
      else if (clip !== null) clips.push({ clip, frames: await readFrameFolder(at), emotion });
      else if (depth < 3 && (/^micro$/i.test(name) || EMOTION.test(name))) {
        await visit(at, EMOTION.test(name) ? name.toLowerCase() : emotion, depth + 1);
      } else report.find(at, null, "a folder that is no clip: passed over");
    }
  };
  await visit(path, null, 0);
  return { clips, nonMicro };
}

/** Fields that every entry of one camera has. */
function entryOf(
  clip: SmicClip,
  camera: SmicCamera,
  label: string,
): Pick<ClipEntry, "id" | "database" | "subject" | "label" | "kind" | "fps"> {
  return {
    id: `smic/${clip.subject}/${camera}/${clip.name}`,
    database: "smic",
    subject: clip.subject,
    label,
    kind: "micro",
    fps: camera === "hs" ? 100 : 25,
  };
}

/** A clip of the short release: the folder is the movement and says the label. */
function shortEntry({ clip, frames, emotion }: SmicFolder, camera: SmicCamera, report: Report): ClipEntry {
  const find = (message: string) => report.find(frames.path, null, `${clip.name}: ${message}`);
  if (emotion !== null && emotion !== clip.label) {
    find(`the name says ${clip.label}, the folder ${emotion}: the folder was followed`);
  }
  const window = cutWindow({ onset: null, apex: null, offset: null }, frames, find)!;
  return {
    ...entryOf(clip, camera, emotion ?? clip.label),
    path: frames.path,
    ...window,
    file: frames.path,
    line: null,
  };
}

/** Compares a row's label with the clip's; the clip's own wins. */
function compareLabel(row: SmicRow, label: string, find: (message: string) => void): void {
  if (row.label !== "" && row.label !== label) {
    find(`the row says ${row.label}, the clip's own name ${label}: the name was followed`);
  }
}

/** The movements of an extended clip: the row's own, and further ones in the same video. */
function extendedEntries(
  row: SmicRow,
  { folder: { frames }, camera, file, taken, report }: {
    folder: SmicFolder;
    camera: SmicCamera;
    file: string;
    /** Keys of clips that have a row of their own. */
    taken: ReadonlySet<string>;
    report: Report;
  },
): ClipEntry[] {
  const { clip, line } = row;
  const find = (message: string) => report.find(file, line, `${clip.name}: ${message}`);
  compareLabel(row, clip.label, find);
  const entries: ClipEntry[] = [];
  const add = (of: SmicClip, onset: number, offset: number, apex: number | null) => {
    const window = cutWindow({ onset, apex, offset }, frames, (message) => find(message));
    if (window !== null) entries.push({ ...entryOf(of, camera, of.label), path: frames.path, ...window, file, line });
  };
  if (row.onset === null || row.offset === null || row.onset > row.offset) {
    find(`onset "${row.onset ?? ""}" and offset "${row.offset ?? ""}" are no window: left out`);
  } else {
    const inside = row.apex !== null && row.apex >= row.onset && row.apex <= row.offset;
    if (row.apex !== null && !inside) find(`the apex ${row.apex} is outside ${row.onset} to ${row.offset}: not known`);
    add(clip, row.onset, row.offset, inside ? row.apex : null);
  }
  const [from, to] = [row.first ?? frames.numbers[0]!, row.last ?? frames.numbers.at(-1)!];
  const seen = new Set([`${row.onset}-${row.offset}`]);
  const further = row.further.filter(({ onset, offset }) => {
    const fresh = !seen.has(`${onset}-${offset}`);
    if (!fresh) find(`the movement ${onset} to ${offset} stands twice in the row: taken once`);
    seen.add(`${onset}-${offset}`);
    return fresh;
  });
  const impossible = further.find(({ onset, offset }) => onset < from || offset < onset || offset > to);
  if (impossible !== undefined) {
    // Rows with such a pair carry second movements that are no clips of the published set.
    find(
      `the movement ${impossible.onset} to ${impossible.offset} does not lie in the video, ${from} to ${to}: ` +
        "no further movement of the row was taken",
    );
    return entries;
  }
  for (const [i, { onset, offset }] of further.entries()) {
    const next = parseSmicClip(`${clip.subject}_${clip.tag}_${clip.index + i + 1}`)!;
    if (taken.has(next.key)) find(`the movement ${onset} to ${offset} has no name of its own: left out`);
    else {
      find(`${next.name} has no row: the row's further movement ${onset} to ${offset} was taken for it`);
      add(next, onset, offset, null);
    }
  }
  return entries;
}

/** Reads SMIC of one camera: cropped and raw clips, whose folders say all, or the extended videos with their workbook. */
export async function readSmic(
  root: string,
  { report, find, camera: wanted, given }: {
    report: Report;
    find: Finder;
    /** Null: whichever is there, the fast one first. */
    camera: SmicCamera | null;
    /** Whether the user gave annotations. */
    given: boolean;
  },
): Promise<ClipEntry[]> {
  const explored = await explore(root, SPEC, report);
  const { chosen: { path, subjects }, camera } = rootOf(explored.roots, { given: wanted, root });
  const listed = await Promise.all(subjects.map((name) => listSubject(join(path, name), report)));
  const nonMicro = listed.reduce((sum, one) => sum + one.nonMicro, 0);
  if (nonMicro > 0) report.note(`${nonMicro} folders of non_micro clips were left out`);
  const folders = new Map<string, SmicFolder>();
  for (const [i, { clips }] of listed.entries()) {
    for (const folder of clips) {
      const { frames, clip } = folder;
      const other = folders.get(clip.key);
      if (Number(subjects[i]!.slice(1)) !== clip.number) {
        report.find(frames.path, null, `${clip.name} lies in another subject's folder: its name was followed`);
      }
      if (frames.fault !== null) report.find(frames.path, null, `${clip.name}: ${frames.fault}: left out`);
      else if (other !== undefined) {
        report.find(frames.path, null, `the same clip as ${other.frames.path}: passed over`);
      } else folders.set(clip.key, folder);
    }
  }
  if (folders.size === 0) {
    throw new RangeError(
      `Cannot read SMIC from ${path}: expected clips named like s1_ne_01 in the subjects' folders, got none`,
    );
  }
  const extended = [...folders.values()].every(({ emotion }) => emotion === null);
  const spec = smicAnnotations(camera);
  const annotations = extended || given ? onlyAnnotations(await find(explored, spec), spec, root) : null;
  const rows = annotations === null ? [] : readSmicSheet(annotations.value, annotations.file, report);
  const entries = new Map<string, ClipEntry>();
  const addAll = (all: readonly ClipEntry[]) => {
    for (const entry of all) {
      const earlier = entries.get(entry.id);
      if (earlier === undefined) entries.set(entry.id, entry);
      else report.find(entry.file, entry.line, `${entry.id}: the clip of row ${earlier.line} again: left out`);
    }
  };
  if (!extended) addAll([...folders.values()].map((folder) => shortEntry(folder, camera, report)));
  const taken = new Set(rows.map(({ clip }) => clip.key));
  for (const row of rows) {
    const folder = folders.get(row.clip.key);
    const file = annotations!.file;
    if (folder === undefined) {
      report.find(file, row.line, `${row.clip.name}: the clip has no folder of frames: left out`);
    } else if (extended) addAll(extendedEntries(row, { folder, camera, file, taken, report }));
    else {compareLabel(row, folder.emotion ?? row.clip.label, (message) =>
        report.find(file, row.line, `${row.clip.name}: ${message}`));}
  }
  for (const [key, { clip, frames }] of folders) {
    if (annotations === null || taken.has(key)) continue;
    report.find(
      frames.path,
      null,
      `${clip.name}: a folder without a row: ${extended ? "left out" : "taken all the same"}`,
    );
  }
  return [...entries.values()];
}
