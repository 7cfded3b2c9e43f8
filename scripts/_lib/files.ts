import { fromFileUrl, join } from "@std/path";

/** The repository's root. */
export const ROOT: string = fromFileUrl(new URL("../../", import.meta.url));

const SKIPPED = new Set([".git", "node_modules", "store", "data", ".gpu"]);

/**
 * Lists files of the repository.
 *
 * @param folders Where to look, from the root; missing ones count as empty. `.` for everything.
 * @param extension How names end, for instance `.ts`.
 * @returns Paths from the root with `/`, sorted.
 */
export async function listFiles(folders: readonly string[], extension: string): Promise<string[]> {
  const found: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for await (const entry of Deno.readDir(join(ROOT, folder))) {
      const path = folder === "." ? entry.name : `${folder}/${entry.name}`;
      // Ignored folders lie at the root; lib/data is a source folder.
      if (entry.isDirectory && !(folder === "." && SKIPPED.has(entry.name))) await walk(path);
      else if (entry.isFile && entry.name.endsWith(extension)) found.push(path);
    }
  };
  for (const folder of folders) {
    const there = await Deno.stat(join(ROOT, folder)).then((info) => info.isDirectory, () => false);
    if (there) await walk(folder);
  }
  return found.sort();
}

/**
 * Runs deno in the repository and collects what it prints.
 *
 * @param args Its arguments.
 * @returns Exit code and both streams.
 */
export async function runDeno(
  args: readonly string[],
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
