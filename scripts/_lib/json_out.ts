import { basename, dirname, join } from "@std/path";
import { UsageError } from "./usage_error.ts";

/** Where a command's words and its machine-readable result go. */
export interface Output {
  /** Prints a line for people: to stdout, or to stderr when stdout carries JSON. */
  say(line?: string): void;
  /** Writes the result, whole or not at all. Does nothing when no JSON was asked for. */
  json(value: unknown): Promise<void>;
}

/** A name beside a file: in the same folder, for a rename works only within one file system. */
function besideOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${crypto.randomUUID()}.tmp`);
}

/** The system's reason, without its number and the temporary name. */
function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/ \(os error \d+\).*$/s, "");
}

/**
 * Writes a file so that readers see the old or the new text, never a part.
 *
 * @param path The file.
 * @param text Its new content.
 * @throws {Error} When it cannot be written; nothing is left beside it.
 */
export async function writeFileAtomic(path: string, text: string): Promise<void> {
  const temporary = besideOf(path);
  try {
    await Deno.writeTextFile(temporary, text);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw new Error(`Cannot write ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * Checks that a file can be made or replaced at a path, by making one beside it and removing it: a run of minutes must
 * not fail at its last line.
 *
 * @param target The file.
 * @throws {UsageError} When its folder is missing or takes no file, or it is there and no file.
 */
export async function checkFilePlace(target: string): Promise<void> {
  const folder = await Deno.stat(dirname(target)).catch(() => null);
  if (!folder?.isDirectory) throw new UsageError(`Cannot write ${target}: its folder does not exist`);
  const there = await Deno.stat(target).catch(() => null);
  if (there?.isDirectory) throw new UsageError(`Cannot write ${target}: it is a folder`);
  // A device or pipe would be replaced by the rename, not written to.
  if (there && !there.isFile) throw new UsageError(`Cannot write ${target}: it is a device or pipe, not a file`);
  const temporary = besideOf(target);
  try {
    await Deno.writeTextFile(temporary, "", { createNew: true });
    await Deno.remove(temporary);
  } catch (error) {
    throw new UsageError(`Cannot write ${target}: ${reasonOf(error)}`);
  }
}

/**
 * Opens a command's output for the value of `--json FILE|-`.
 *
 * @param target A file, `-` for stdout, or undefined for none.
 * @returns Where to say things and where the result goes.
 * @throws {UsageError} When the file cannot be written there.
 */
export async function openOutput(target: string | undefined): Promise<Output> {
  const say = target === "-" ? (line = "") => console.error(line) : (line = "") => console.log(line);
  if (target === undefined) return { say, json: () => Promise.resolve() };
  const render = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  if (target === "-") {
    return {
      say,
      async json(value) {
        let bytes = new TextEncoder().encode(render(value));
        while (bytes.length > 0) bytes = bytes.subarray(await Deno.stdout.write(bytes));
      },
    };
  }
  await checkFilePlace(target);
  return { say, json: (value) => writeFileAtomic(target, render(value)) };
}
