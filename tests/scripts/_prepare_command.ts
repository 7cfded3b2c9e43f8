import { join } from "@std/path";
import { ROOT } from "../../scripts/_lib/files.ts";

const SCRIPT = join(ROOT, "scripts/prepare.ts");
/** Flags that make clips of a few bytes. */
export const TINY = ["--frames", "3", "--size", "4", "--input", "frames", "--time", "linear"];

/** The command, not yet started. */
export function command(folder: string, args: readonly string[]) {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--config", join(ROOT, "deno.json"), SCRIPT, ...args],
    cwd: folder,
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs it to its end. */
export async function prepare(folder: string, ...args: string[]) {
  const { code, stdout, stderr } = await command(folder, args).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out!, err: err! };
}
