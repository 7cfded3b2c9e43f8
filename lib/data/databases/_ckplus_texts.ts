import { dirname, join } from "@std/path";
import type { Report } from "./_create_report.ts";
import { explore, type ExploreSpec, type SubjectRoot } from "./_explore.ts";
import { listFolder } from "./_list_folder.ts";

/** The text files of CK+: a label a sequence, and its action units. */
export type CkplusText = "emotion" | "facs";

/** What the folders of a root hold, by the first file that is found in a sequence. */
async function holds({ path, subjects }: SubjectRoot): Promise<"images" | CkplusText | null> {
  for (const subject of subjects) {
    for (const sequence of (await listFolder(join(path, subject))).folders) {
      for (const name of (await listFolder(join(path, subject, sequence))).files) {
        if (/\.(png|jpe?g|bmp)$/i.test(name)) return "images";
        return /_emotion\.txt$/i.test(name) ? "emotion" : /_facs\.txt$/i.test(name) ? "facs" : null;
      }
    }
  }
  return null;
}

/** The roots among several that hold pictures, or one kind of text. */
export async function ckplusRoots(what: "images" | CkplusText, roots: readonly SubjectRoot[]): Promise<SubjectRoot[]> {
  const kinds = await Promise.all(roots.map(holds));
  return roots.filter((_, i) => kinds[i] === what);
}

/** The roots of one kind of text: among those explored, else in folders of its name beside the pictures. */
export async function ckplusTextRoots(
  what: CkplusText,
  explored: readonly SubjectRoot[],
  { root, spec, report }: { root: string; spec: ExploreSpec; report: Report },
): Promise<SubjectRoot[]> {
  const found = await ckplusRoots(what, explored);
  if (found.length > 0) return found;
  const parent = dirname(root);
  const folders = await listFolder(parent).then(({ folders }) => folders, () => []);
  const beside = await Promise.all(
    folders.filter((name) => name.toLowerCase().startsWith(what))
      .map((name) => explore(join(parent, name), spec, report).then(({ roots }) => roots, () => [])),
  );
  return await ckplusRoots(what, beside.flat());
}

/** Every sequence, `[subject, sequence]`, in order. */
export async function listSequences({ path, subjects }: SubjectRoot): Promise<[string, string][]> {
  const all = await Promise.all(subjects.map((subject) => listFolder(join(path, subject))));
  return all.flatMap(({ folders }, i) => folders.map((sequence): [string, string] => [subjects[i]!, sequence]));
}

/** Lists one kind of text by sequence, `S005/001`; a sequence has one at the most, unless something is wrong. */
export async function listTexts(what: CkplusText, root: SubjectRoot): Promise<Map<string, string[]>> {
  const files = new Map<string, string[]>();
  await Promise.all((await listSequences(root)).map(async ([subject, sequence]) => {
    const at = join(root.path, subject, sequence);
    const names = (await listFolder(at)).files.filter((name) => name.toLowerCase().endsWith(`_${what}.txt`));
    if (names.length > 0) files.set(`${subject}/${sequence}`, names.map((name) => join(at, name)));
  }));
  return files;
}
