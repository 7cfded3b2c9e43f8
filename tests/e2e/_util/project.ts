import { dirname, join } from "@std/path";
import { ROOT } from "../../../scripts/_lib/files.ts";

/** Flags that make a run tiny; 16 px and four frames, but real faces. */
export const TINY: readonly string[] = [
  ["size", 16],
  ["channels", 4],
  ["frames", 4],
  ["shots", 2],
  ["queries", 2],
  ["macros", 1],
].flatMap(([key, value]) => ["--set", `${key}=${value}`]).concat("--baseline", "none");

/** What a finished command left. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder in which `deno task` has this repository's tasks; data, store and reports go there. */
export interface Project {
  readonly folder: string;
  /** The environment of its commands. */
  readonly env: Record<string, string>;
  /** Runs a program to its end. */
  run(program: string, args: readonly string[], options?: { readonly env?: Record<string, string> }): Promise<Finished>;
  /** Runs `scripts/NAME.ts` to its end: a task, without the line that `deno task` prints. */
  script(name: string, args: readonly string[], env?: Record<string, string>): Promise<Finished>;
}

/** The repository's tasks, made to work from another folder. */
async function tasksFromElsewhere(): Promise<Record<string, string>> {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json"))) as { tasks: Record<string, string> };
  return Object.fromEntries(
    Object.entries(tasks).map(([name, command]) => [
      name,
      command.replace(/ ((?:scripts|functions)\/\S+)/g, ` --config "${ROOT}deno.json" "${ROOT}$1"`),
    ]),
  );
}

/** Runs the body in a fresh project whose path has a space, and removes it. */
export async function withProject(body: (project: Project) => Promise<void>): Promise<void> {
  const parent = await Deno.makeTempDir();
  const folder = join(parent, "my project");
  const env = {
    NO_COLOR: "1",
    DENO_NO_UPDATE_CHECK: "1",
    // Under npx no deno may be on the PATH but this one.
    PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`,
  };
  const run: Project["run"] = async (program, args, options = {}) => {
    const command = new Deno.Command(program, {
      args: [...args],
      cwd: folder,
      env: { ...env, ...options.env },
      stdin: "null",
    });
    const { code, stdout, stderr } = await command.output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  };
  const script: Project["script"] = (name, args, extra) =>
    run(Deno.execPath(), [
      "run",
      "-A",
      "--no-check",
      "--config",
      `${ROOT}deno.json`,
      `${ROOT}scripts/${name}.ts`,
      ...args,
    ], {
      ...(extra && { env: extra }),
    });
  try {
    await Deno.mkdir(folder);
    await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify({ tasks: await tasksFromElsewhere() }));
    await body({ folder, env, run, script });
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

/** Every file below a folder, by its path from there; none when the folder is missing. */
export async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  const walk = async (at: string): Promise<void> => {
    const entries = await Array.fromAsync(Deno.readDir(join(folder, at))).catch(() => []);
    for (const { name, isDirectory } of entries) {
      if (isDirectory) await walk(`${at}${name}/`);
      else found.push(`${at}${name}`);
    }
  };
  await walk("");
  return found.sort();
}
