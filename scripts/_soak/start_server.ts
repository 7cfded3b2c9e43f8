import { ROOT } from "../_lib/files.ts";

/** A server in a process of its own. */
export interface SoakServer {
  readonly url: string;
  readonly pid: number;
  /** Resident memory now, in bytes. */
  rss(): Promise<number>;
  /** Whether the process is alive. */
  readonly alive: boolean;
  kill(signal: Deno.Signal): void;
  /** Resolves when it has ended; to the last that it said on stderr. */
  ended(): Promise<string>;
}

/** The flags that the task of a function runs it with; all permissions for what has no task. */
async function flagsOf(program: string): Promise<string[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`)) as { tasks: Record<string, string> };
  for (const command of Object.values(tasks)) {
    const words = command.split("deno run ").at(-1)!.split(" ");
    if (words.includes(program)) return words.slice(0, words.indexOf(program));
  }
  return ["-A"];
}

/** Starts a program of this repository, a function as its task does, and waits for its port. */
export async function startServer(
  program: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<SoakServer> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      ...await flagsOf(program),
      "--no-check",
      "--config",
      `${ROOT}deno.json`,
      `${ROOT}${program}`,
      ...args,
    ],
    env: { LIGHTMAN_BACKEND: "wasm", LIGHTMAN_PORT: "0", NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const listening = Promise.withResolvers<string>();
  let errors = "";
  let alive = true;
  const read = async (stream: ReadableStream<Uint8Array>, take: (line: string) => void) => {
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      lines.forEach(take);
    }
  };
  const closed = Promise.all([
    read(child.stdout, (line) => {
      const url = /"message":"listening","url":"([^"]+)"/.exec(line)?.[1];
      if (url !== undefined) listening.resolve(url);
      if (line.includes('"level":"error"')) errors = (errors + line + "\n").slice(-4000);
    }),
    read(child.stderr, (line) => errors = (errors + line + "\n").slice(-4000)),
  ]);
  const status = child.status.then(async () => {
    alive = false;
    await closed;
    listening.reject(new Error(`${program} ended without a port: ${errors}`));
    return errors;
  });
  return {
    url: await listening.promise,
    pid: child.pid,
    async rss() {
      const status = await Deno.readTextFile(`/proc/${child.pid}/status`).catch(() => "");
      return 1024 * Number(/VmRSS:\s*(\d+) kB/.exec(status)?.[1] ?? NaN);
    },
    get alive() {
      return alive;
    },
    kill: (signal) => {
      if (alive) child.kill(signal);
    },
    ended: () => status,
  };
}
