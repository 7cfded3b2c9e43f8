import { basename, join } from "@std/path";
import type { ClipEntry } from "../clip_entry.ts";
import { ckplusRoots, ckplusTextRoots, listSequences, listTexts } from "./_ckplus_texts.ts";
import { explore, type SubjectRoot } from "./_explore.ts";
import { onlyRoot } from "./_only_root.ts";
import { readFrameFolder } from "./_read_frame_folder.ts";
import type { Report } from "./_create_report.ts";

const SPEC = { name: "ckplus", title: "CK+", subjectFolder: /^S\d{3}$/, example: "S005, S010, …" };

/** Index = code; labels in the spelling of the other databases. */
const EMOTIONS = ["neutral", "anger", "contempt", "disgust", "fear", "happiness", "sadness", "surprise"];

/** Larger than any label or coding of a face: what is larger is something else. */
const MAX_TEXT = 4096;

/** A file's text, trimmed; null: it is too large. */
async function readText(path: string): Promise<string | null> {
  if ((await Deno.stat(path)).size > MAX_TEXT) return null;
  return (await Deno.readTextFile(path)).replace(/^\ufeff/, "").trim();
}

/** The labels' root: in the folder that is given, else where text files lie. */
async function emotionRoots(
  explored: readonly SubjectRoot[],
  { root, given, report }: { root: string; given: string | null; report: Report },
): Promise<SubjectRoot[]> {
  if (given !== null) return await ckplusRoots("emotion", (await explore(given, SPEC, report)).roots);
  return await ckplusTextRoots("emotion", explored, { root, spec: SPEC, report });
}

/** The files of action units by sequence; none where they are not handed out, or lie there twice. */
async function unitFiles(explored: readonly SubjectRoot[], root: string, report: Report) {
  const roots = await ckplusTextRoots("facs", explored, { root, spec: SPEC, report });
  if (roots.length === 1) return await listTexts("facs", roots[0]!);
  for (const { path } of roots) report.find(path, null, "one of several folders of action units: none was read");
  return new Map<string, string[]>();
}

/** Reads a sequence's action units as they stand there, `number intensity` a line; null: it has none. */
async function readUnits(paths: readonly string[], report: Report): Promise<string | null> {
  const [path] = paths;
  if (path === undefined) return null;
  const text = paths.length > 1 ? null : await readText(path);
  if (text !== null) return text === "" ? null : text;
  const got = paths.length > 1 ? `${paths.length} files for one sequence` : `more than ${MAX_TEXT} bytes`;
  report.find(path, null, `expected one sequence's action units, got ${got}: they were left out`);
  return null;
}

/** Reads an emotion file: one float. Null: it is none, which is reported. */
async function readEmotion(path: string, report: Report): Promise<string | null> {
  const text = await readText(path) ?? `more than ${MAX_TEXT} bytes`;
  const code = /^\d+(\.\d*)?(e[+-]?\d+)?$/i.test(text) ? Math.trunc(Number(text)) : NaN;
  const label = EMOTIONS[code];
  if (label === undefined || code === 0) {
    report.find(path, 1, `expected a number from 1 to 7, got "${text.slice(0, 40)}": the sequence was left out`);
    return null;
  }
  return label;
}

/** Reads CK+: posed sequences from neutral to the peak, macro; those without an emotion file are counted only. */
export async function readCkplus(
  root: string,
  { report, given }: { report: Report; given: string | null },
): Promise<ClipEntry[]> {
  const { roots } = await explore(root, SPEC, report);
  const images = onlyRoot(await ckplusRoots("images", roots), SPEC.title, root);
  const emotions = onlyRoot(await emotionRoots(roots, { root, given, report }), "the emotion labels of CK+", root);
  const files = await listTexts("emotion", emotions);
  const units = await unitFiles(roots, root, report);
  const entries: ClipEntry[] = [];
  let unlabelled = 0;
  for (const [subject, sequence] of await listSequences(images)) {
    const at = join(images.path, subject, sequence);
    if (!/^\d{3}$/.test(sequence)) {
      report.find(at, null, "a folder that is no sequence: passed over");
      continue;
    }
    const own = files.get(`${subject}/${sequence}`) ?? [];
    files.delete(`${subject}/${sequence}`);
    const file = own[0];
    if (file === undefined) {
      unlabelled++;
      continue;
    }
    const frames = await readFrameFolder(at);
    if (frames.fault !== null) report.find(at, null, `the frames have no order, ${frames.fault}: left out`);
    else if (own.length > 1) report.find(file, null, `${own.length} emotion files for one sequence: left out`);
    else {
      const label = await readEmotion(file, report);
      if (label === null) continue;
      const [first, last] = [frames.numbers[0]!, frames.numbers.at(-1)!];
      const labelled = Number(/_(\d+)_emotion/i.exec(basename(file))?.[1] ?? last);
      if (labelled !== last) report.find(file, null, `the label is of frame ${labelled}, the last frame is ${last}`);
      entries.push({
        ...{ id: `ckplus/${subject}/${sequence}`, database: "ckplus", subject, label, kind: "macro", path: at },
        ...{ onset: first, apex: last, offset: last, fps: null, file, line: 1 },
        actionUnits: await readUnits(units.get(`${subject}/${sequence}`) ?? [], report),
      });
    }
  }
  for (const [file] of files.values()) report.find(file!, null, "an emotion file without a sequence: left out");
  if (unlabelled > 0) report.note(`${unlabelled} sequences without an emotion file were left out`);
  return entries;
}
