import { basename, join } from "@std/path";
import { fileError } from "../_file_error.ts";
import { isArchive } from "../_is_archive.ts";
import { listFolder } from "./_list_folder.ts";
import { foreignSubjects } from "./_foreign_subjects.ts";
import type { Report } from "./_create_report.ts";

/** A folder whose folders are subjects. */
export interface SubjectRoot {
  readonly path: string;
  readonly subjects: readonly string[];
}

/** What lies under a data set's root. */
export interface Explored {
  readonly roots: readonly SubjectRoot[];
  /** Workbooks and CSV files outside the subjects' folders. */
  readonly sheets: readonly string[];
}

/** What {@linkcode explore} needs to know of a database. */
export interface ExploreSpec {
  /** Its short name, and how people call it. */
  readonly name: string;
  readonly title: string;
  readonly subjectFolder: RegExp;
  /** How subjects' folders are named, for messages. */
  readonly example: string;
}

/** Data sets lie at most this deep in what is unpacked. */
const MAX_DEPTH = 5;

/** Folders looked into outside the subjects' own: more is somebody's whole disk. */
const MAX_FOLDERS = 5000;

/** Files that may lie beside subjects' folders: annotations, papers, and arrays that others' programs leave there. */
const BESIDE = /\.(xlsx?|csv|pdf|txt|docx?|npy)$/i;

/** Refuses what is no folder, naming what it is. */
async function checkRoot(root: string, title: string): Promise<void> {
  const doing = `read ${title} from ${root}`;
  try {
    if ((await Deno.stat(root)).isDirectory) return;
    const head = new Uint8Array(4);
    using file = await Deno.open(root);
    await file.read(head);
    const got = isArchive(root, head) ? "an archive: unpack it and give the folder" : "a file";
    throw new TypeError(`Cannot ${doing}: expected a folder, got ${got}`);
  } catch (error) {
    throw fileError(error, doing);
  }
}

/**
 * Looks for the folders whose folders are subjects, and for annotation files, at any depth that an archive may nest.
 *
 * Folders beside the subjects that are none of them are findings; those that are another database's subjects are an
 * error, because two data sets were unpacked into one folder.
 */
export async function explore(root: string, spec: ExploreSpec, report: Report): Promise<Explored> {
  await checkRoot(root, spec.title);
  const [roots, sheets]: [SubjectRoot[], string[]] = [[], []];
  const seen: { path: string; folders: readonly string[] }[] = [];
  let files = 0;
  const visit = async (path: string, depth: number, beside: boolean): Promise<void> => {
    const content = await listFolder(path);
    seen.push({ path, folders: content.folders });
    if (seen.length > MAX_FOLDERS) {
      throw new RangeError(
        `Cannot read ${spec.title} from ${root}: expected the data set's own folder, got one with thousands of others`,
      );
    }
    files += content.files.length;
    sheets.push(...content.files.filter((name) => /\.(xlsx|xls|csv)$/i.test(name)).map((name) => join(path, name)));
    const subjects = beside ? [] : content.folders.filter((name) => spec.subjectFolder.test(name));
    const others = content.folders.filter((name) => beside || !spec.subjectFolder.test(name));
    if (subjects.length > 0) {
      for (const name of others) {
        const foreign = foreignSubjects([name], spec.subjectFolder);
        if (foreign === null) continue;
        throw new RangeError(
          `Cannot read ${spec.title} from ${path}: expected one data set, got folders of ${spec.title} ` +
            `(${subjects[0]}) and of ${foreign} (${name}) mixed`,
        );
      }
      roots.push({ path, subjects });
      if (!beside && depth > 0 && basename(path).toLowerCase() === basename(join(path, "..")).toLowerCase()) {
        report.find(path, null, "the folder is nested in one of the same name: the inner one was taken");
      }
      for (const name of content.files.filter((name) => !BESIDE.test(name))) {
        report.find(join(path, name), null, "a file among the subjects' folders: passed over");
      }
    }
    if (depth >= MAX_DEPTH) return;
    for (const name of others) {
      const before = sheets.length;
      // What lies in another database's subjects is not this one's.
      if (foreignSubjects([name], spec.subjectFolder) !== null) continue;
      await visit(join(path, name), depth + 1, beside || subjects.length > 0);
      if (subjects.length > 0 && sheets.length === before) {
        report.find(join(path, name), null, "a folder that is no subject: passed over");
      }
    }
  };
  await visit(root, 0, false);
  if (roots.length > 0) return { roots, sheets };
  const got = seen.length === 1 && seen[0]!.folders.length === 0
    ? files === 0 ? "an empty folder" : "files only"
    : seen.map(({ path, folders }) => {
      const foreign = foreignSubjects(folders, spec.subjectFolder);
      return foreign === null ? null : `folders of ${foreign} in ${path}`;
    }).find((text) => text !== null) ?? `${seen[0]!.folders.slice(0, 5).join(", ") || "none"}`;
  throw new RangeError(
    `Cannot read ${spec.title} from ${root}: expected subjects' folders named ${spec.example}, got ${got}`,
  );
}
