import { join } from "@std/path";

/** What lies in a folder, by name, in code unit order. */
export interface FolderContent {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/** What operating systems and office programs leave behind: no part of a data set. */
const COMPANION = /^(\.|~\$|__MACOSX$|Thumbs\.db$|desktop\.ini$|Icon\r$)/i;

const byName = (a: string, b: string) => (a < b ? -1 : 1);

/** Lists a folder without companions such as `.DS_Store`, `._x.jpg` and `~$x.xlsx`; links count as what they lead to. */
export async function listFolder(path: string): Promise<FolderContent> {
  const [folders, files]: [string[], string[]] = [[], []];
  for await (const { name, isDirectory, isSymlink } of Deno.readDir(path)) {
    if (COMPANION.test(name)) continue;
    const folder = isSymlink
      ? await Deno.stat(join(path, name)).then((info) => info.isDirectory, () => null)
      : isDirectory;
    if (folder !== null) (folder ? folders : files).push(name);
  }
  return { folders: folders.sort(byName), files: files.sort(byName) };
}
