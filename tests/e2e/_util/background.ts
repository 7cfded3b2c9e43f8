import type { Project } from "./project.ts";

/** A program that runs on its own, in a process group of its own, as a terminal starts one. */
export interface Background {
  readonly pid: number;
  /** Waits until its output matches. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** Sends a signal to the whole group, as Ctrl-C does, or to the first process alone. */
  kill(signal: Deno.Signal, whom?: "group" | "first"): void;
  /** Waits for the exit of the first process and for the end of all who hold its output. */
  end(): Promise<{ readonly code: number; readonly output: string }>;
}

/** Starts a program; its stdout and stderr are read as one text. */
export function background(
  project: Project,
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Background {
  const child = new Deno.Command(program, {
    args: [...args],
    cwd: project.folder,
    env: { ...project.env, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  let output = "";
  let ended = false;
  const waiting = new Set<() => void>();
  const wake = () => waiting.forEach((check) => check());
  const read = async (stream: ReadableStream<Uint8Array>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      output += text;
      wake();
    }
  };
  const closed = Promise.all([read(child.stdout), read(child.stderr)]).then(() => {
    ended = true;
    wake();
  });
  return {
    pid: child.pid,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const match = pattern.exec(output);
          if (!match && !ended) return;
          waiting.delete(check);
          if (match) resolve(match);
          else reject(new Error(`The program ended without ${pattern} in: ${output}`));
        };
        waiting.add(check);
        check();
      }),
    kill: (signal, whom = "group") => Deno.kill(whom === "group" ? -child.pid : child.pid, signal),
    async end() {
      await closed;
      const { code } = await child.status;
      return { code, output };
    },
  };
}
