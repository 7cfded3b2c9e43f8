import { basename, dirname, join } from "@std/path";
import type { ClipEntry } from "../clip_entry.ts";
import { explore, type SubjectRoot } from "./_explore.ts";
import { onlyRoot } from "./_only_root.ts";
import { readFrameFolder } from "./_read_frame_folder.ts";
import { listFolder } from "./_list_folder.ts";
import type { Report } from "./_create_report.ts";

const SPEC = { name: "ckplus", title: "CK+", subjectFolder: /^S\d{3}$/, example: "S005, S010, …" };

/** Index = code; labels in the spelling of the other databases. */
const EMOTIONS = ["neutral", "anger", "contempt", "disgust", "fear", "happiness", "sadness", "surprise"];

/** What the folders of a root hold, by the first file that is found in a sequence. */
async function holds({ path, subjects }: SubjectRoot): Promise<"images" | "emotions" | null> {
  for (const subject of subjects) {
    for (const sequence of (await listFolder(join(path, subject))).folders) {
      for (const name of (await listFolder(join(path, subject, sequence))).files) {
        if (/\.(png|jpe?g|bmp)$/i.test(name)) return "images";
        return /_emotion\.txt$/i.test(name) ? "emotions" : null;
      }
    }
  }
  return null;
}

/** Every sequence, `[subject, sequence]`, in order. */
async function listSequences({ path, subjects }: SubjectRoot): Promise<[string, string][]> {
  const all = await Promise.all(subjects.map((subject) => listFolder(join(path, subject))));
  return all.flatMap(({ folders }, i) => folders.map((sequence): [string, string] => [subjects[i]!, sequence]));
}

/** The emotion files' roots: among those explored, given by the user, or beside the pictures. */
async function emotionRoots(
  explored: readonly SubjectRoot[],
  { root, given, report }: { root: string; given: string | null; report: Report },
): Promise<SubjectRoot[]> {
  const pick = async (roots: readonly SubjectRoot[]) => {
    const kinds = await Promise.all(roots.map(holds));
    return roots.filter((_, i) => kinds[i] === "emotions");
  };
  if (given !== null) return await pick((await explore(given, SPEC, report)).roots);
  const found = await pick(explored);
  if (found.length > 0) return found;
  const parent = dirname(root);
  const names = (await listFolder(parent)).folders.filter((name) => /^emotion/i.test(name));
  const beside = await Promise.all(
    names.map((name) => explore(join(parent, name), SPEC, report).then(({ roots }) => roots, () => [])),
  );
  return await pick(beside.flat());
}

/** Reads an emotion file: one float. Null: it is none, which is reported. */
async function readEmotion(path: string, report: Report): Promise<string | null> {
  const text = (await Deno.readTextFile(path)).replace(/^\ufeff/, "").trim();
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
  const kinds = await Promise.all(roots.map(holds));
  const images = onlyRoot(roots.filter((_, i) => kinds[i] === "images"), SPEC.title, root);
  const emotions = onlyRoot(await emotionRoots(roots, { root, given, report }), "the emotion labels of CK+", root);
  const files = new Map<string, string[]>();
  await Promise.all((await listSequences(emotions)).map(async ([subject, sequence]) => {
    const at = join(emotions.path, subject, sequence);
    const names = (await listFolder(at)).files.filter((name) => /_emotion\.txt$/i.test(name));
    if (names.length > 0) files.set(`${subject}/${sequence}`, names.map((name) => join(at, name)));
  }));
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
      });
    }
  }
  for (const [file] of files.values()) report.find(file!, null, "an emotion file without a sequence: left out");
  if (unlabelled > 0) report.note(`${unlabelled} sequences without an emotion file were left out`);
  return entries;
}
