import { join } from "@std/path";
import { foldLabel } from "../_fold_label.ts";
import type { ClipEntry } from "../clip_entry.ts";
import {
  CASME_SQUARED_ANNOTATIONS,
  type CasmeSquaredLabel,
  type CasmeSquaredRow,
} from "./_casme_squared_annotations.ts";
import { cutWindow } from "./_cut_window.ts";
import { explore, type SubjectRoot } from "./_explore.ts";
import { onlyRoot } from "./_only_root.ts";
import { onlyAnnotations } from "./_only_annotations.ts";
import type { Finder } from "./_finder.ts";
import { type FrameFolder, readFrameFolder } from "./_read_frame_folder.ts";
import { listFolder } from "./_list_folder.ts";
import { readApex } from "./_read_apex.ts";
import type { Report } from "./_create_report.ts";
import { wholeNumber } from "./_whole_number.ts";

const SPEC = {
  name: "casme-squared",
  title: "CAS(ME)²",
  subjectFolder: /^(s\d{2}|\d{1,2})$/i,
  example: "s15, s16, … (rawpic) or 1, 2, … (cropped, selectedpic)",
};

/** A folder with frames, and whether a row has asked for it. */
interface Taken extends FrameFolder {
  used: boolean;
}

/** Leaves out folders without frames below, such as `rawvideo`. */
async function withClips(roots: readonly SubjectRoot[]): Promise<SubjectRoot[]> {
  const kept = await Promise.all(roots.map(async ({ path, subjects }) => {
    const contents = await Promise.all(subjects.map((name) => listFolder(join(path, name))));
    return contents.some(({ folders }) => folders.length > 0);
  }));
  return roots.filter((_, i) => kept[i]);
}

/**
 * Lists whole videos, `s15/15_0101disgustingteeth`, as `15/0101`: by the four digits, since the names have slips. A
 * video in another subject's folder belongs to the subject of its own name.
 */
async function listVideos({ path, subjects }: SubjectRoot, report: Report): Promise<Map<string, Taken>> {
  const found: { key: string; stray: boolean; frames: FrameFolder }[] = [];
  for (const subject of subjects) {
    for (const name of (await listFolder(join(path, subject))).folders) {
      const at = join(path, subject, name);
      const match = /^(\d+)_(\d{4})/.exec(name);
      if (match === null) report.find(at, null, "a folder that is no video: passed over");
      else {
        const stray = Number(match[1]) !== Number(subject.replace(/\D/g, ""));
        found.push({ key: `${Number(match[1])}/${match[2]}`, stray, frames: await readFrameFolder(at) });
      }
    }
  }
  const videos = new Map<string, Taken>();
  for (const { key, stray, frames } of [...found].sort((a, b) => Number(a.stray) - Number(b.stray))) {
    const other = videos.get(key);
    if (other !== undefined) report.find(frames.path, null, `the same video as ${other.path}: passed over`);
    else {
      if (stray) report.find(frames.path, null, `a video in another subject's folder: taken for s${key.split("/")[0]}`);
      videos.set(key, { ...frames, used: false });
    }
  }
  return videos;
}

/** Lists clips, `1/anger1_1`, as `1/anger1_1`. */
async function listCut({ path, subjects }: SubjectRoot, report: Report): Promise<Map<string, Taken>> {
  const clips = new Map<string, Taken>();
  for (const subject of subjects) {
    for (const name of (await listFolder(join(path, subject))).folders) {
      const frames = await readFrameFolder(join(path, subject, name));
      const key = `${Number(subject)}/${name.toLowerCase()}`;
      if (clips.has(key)) report.find(frames.path, null, `the same clip as ${clips.get(key)!.path}: passed over`);
      else clips.set(key, { ...frames, used: false });
    }
  }
  return clips;
}

/** Reads one row; null when it makes no clip, which is then reported. */
function readRow(
  row: CasmeSquaredRow,
  { label, file, subject, folder, whole, report }: {
    label: CasmeSquaredLabel;
    file: string;
    subject: string;
    folder: Taken | undefined;
    /** The folder is the whole video. */
    whole: boolean;
    report: Report;
  },
): ClipEntry | null {
  const { line, clip } = row;
  const find = (message: string) => report.find(file, line, `${subject}/${clip}: ${message}`);
  const leave = (why: string) => {
    find(`${why}: left out`);
    return null;
  };
  if (folder === undefined) return leave("the clip has no folder of frames");
  folder.used = true;
  if (folder.fault !== null) return leave(`the frames in ${folder.path} have no order, ${folder.fault}`);
  const cell = label === "valence" ? row.valence : row.selfReport;
  if (cell === null) return leave(`the row has no ${label} label`);
  const kind = /macro/i.test(row.kind) ? "macro" : /micro/i.test(row.kind) ? "micro" : null;
  if (kind === null) return leave(`expected micro-expression or macro-expression, got "${row.kind}"`);
  const [onset, apexNumber] = [wholeNumber(row.onset), wholeNumber(row.apex)];
  let offset = wholeNumber(row.offset);
  if (offset === 0 && apexNumber !== null && apexNumber > 0) {
    offset = apexNumber;
    find(`the offset is 0, not observed: the apex ${apexNumber} was taken`);
  }
  if (onset === null || offset === null || onset > offset) {
    const got = `onset "${row.onset ?? ""}" and offset "${row.offset ?? ""}" are no window`;
    if (whole) return leave(got);
    find(`${got}: the whole folder was taken`);
  }
  const usable = onset !== null && offset !== null && onset <= offset;
  const given = usable ? { onset, offset } : { onset: null, offset: null };
  const apex = readApex(row.apex, given, find);
  const window = cutWindow({ ...given, apex }, folder, find);
  if (window === null) return null;
  return {
    ...{ id: `casme-squared/${subject}/${clip}`, database: "casme-squared", subject, label: foldLabel(cell), kind },
    ...{ path: folder.path, ...window, actionUnits: row.units, fps: 30, file, line },
  };
}

/** Reads CAS(ME)²: whole videos (rawpic) or one folder an expression (cropped, selectedpic). */
export async function readCasmeSquared(
  root: string,
  { report, find, label }: { report: Report; find: Finder; label: CasmeSquaredLabel },
): Promise<ClipEntry[]> {
  const explored = await explore(root, SPEC, report);
  const subjects = onlyRoot(await withClips(explored.roots), SPEC.title, root);
  const whole = subjects.subjects.some((name) => /^s/i.test(name));
  const spec = CASME_SQUARED_ANNOTATIONS;
  const { file, value: { rows, subjectOf, stimulusOf } } = onlyAnnotations(await find(explored, spec), spec, root);
  const folders = await (whole ? listVideos : listCut)(subjects, report);
  const entries = new Map<string, ClipEntry>();
  for (const row of rows) {
    const number = subjectOf.get(row.code);
    if (number === undefined) {
      report.find(file, row.line, `the sheet of subjects has no code ${row.code}: left out`);
      continue;
    }
    const stimulus = stimulusOf.get(row.clip.split("_")[0]!);
    if (whole && stimulus === undefined) {
      report.find(file, row.line, `the sheet of stimuli lacks that of ${row.clip}: left out`);
      continue;
    }
    const folder = folders.get(whole ? `${number}/${stimulus}` : `${row.code}/${row.clip}`);
    const entry = readRow(row, { label, file, subject: `s${number}`, folder, whole, report });
    if (entry === null) continue;
    // One name with two windows is two movements.
    const earlier = entries.get(entry.id);
    const id = earlier === undefined ? entry.id : `${entry.id}@${entry.onset}`;
    if (earlier !== undefined && (earlier.onset === entry.onset || entries.has(id))) {
      report.find(file, row.line, `s${number}/${row.clip}: the movement of row ${earlier.line} again: left out`);
    } else entries.set(id, { ...entry, id });
  }
  if (entries.size === 0) {
    throw new RangeError(
      `Cannot read CAS(ME)² from ${root}: expected frames for the rows of ${file}, got none for any: ` +
        "is it the folder of another data set?",
    );
  }
  for (const { path, used, numbers } of folders.values()) {
    if (!used) report.find(path, null, `${numbers.length} frames without a row: left out`);
  }
  return [...entries.values()];
}
