import { UsageError, watchParents, watchSignals } from "../process/mod.ts";
import type { AppEnv } from "./app_deps.ts";
import { createServerDeps } from "./create_server_deps.ts";
import { loadKeyring } from "./load_keyring.ts";
import { readSettings, SETTINGS, type Settings } from "./read_settings.ts";
import { serveUntil } from "./serve_until.ts";

/** Dependencies of a real server. */
export type ServerDeps = ReturnType<typeof createServerDeps>;

/** A function that is ready to serve. */
export interface StartedFunction {
  fetch(request: Request, env: AppEnv["Bindings"]): Response | Promise<Response>;
  /** Interrupts work that would outlive the server. */
  close?(): Promise<void>;
}

/** Options of {@linkcode runFunction}. */
export interface RunFunctionOptions {
  /** What the function does with the store, which is checked before it starts. @default {"write"} */
  readonly access?: "read" | "write";
}

/** Tells that stdin is the end of a pipe from `scripts/_lib/watch_parents.ts`, which ends with the parents. */
const STDIN_FLAG = "--until-stdin-ends";

/** Whether a process that started this one is gone, from what this one may see and from stdin if that tells it. */
function orphanWatch(): () => boolean {
  const orphaned = watchParents();
  if (!Deno.args.includes(STDIN_FLAG)) return orphaned;
  let ended = false;
  const read = async () => {
    const bytes = new Uint8Array(64);
    while (await Deno.stdin.read(bytes) !== null);
  };
  read().catch(() => {}).finally(() => ended = true);
  return () => ended || orphaned();
}

/** Opens the store and finds out whether it does what the function will ask of it. */
async function openDeps(settings: Settings, stopping: AbortSignal, access: "read" | "write"): Promise<ServerDeps> {
  const keys = settings.keys === null ? undefined : await loadKeyring(settings.keys, "LIGHTMAN_KEYS");
  try {
    const deps = createServerDeps(settings.store, {
      stopping,
      origins: settings.origins,
      rate: settings.rate,
      limits: settings.limits,
      work: settings.work,
      shared: settings.shared,
      env: (name) => Deno.env.get(name),
      ...(keys && { keys }),
    });
    await deps.store.check(access);
    return deps;
  } catch (error) {
    throw new UsageError(`Cannot use LIGHTMAN_STORE: ${(error as Error).message}`);
  }
}

/**
 * Runs one function as a program: settings from the environment, one port, until SIGINT, SIGTERM or the death of a
 * process that started it.
 *
 * The first signal stops it in order; another one, a second or more later, at once.
 *
 * @param port Port when `LIGHTMAN_PORT` says none.
 * @param start Makes the function; choosing a backend belongs here.
 * @param options What it does with the store.
 * @returns The exit code: 1 when it cannot start, 2 for a wrong setting or a store that is not fit, 130 or 143 after a signal.
 *
 * @example
 * ```ts ignore
 * import { runFunction } from "./mod.ts";
 * Deno.exit(await runFunction(8000, () => Promise.resolve({ fetch: () => new Response("hello") })));
 * ```
 */
export async function runFunction(
  port: number,
  start: (settings: Settings, deps: ServerDeps) => Promise<StartedFunction>,
  options: RunFunctionOptions = {},
): Promise<number> {
  const watch = watchSignals({ orphaned: orphanWatch() });
  try {
    const env = Object.fromEntries(SETTINGS.map((name) => [name, Deno.env.get(name)]));
    const settings = readSettings(env, port);
    const deps = await openDeps(settings, watch.signal, options.access ?? "write");
    const started = await start(settings, deps);
    await serveUntil((request, env) => started.fetch(request, env), {
      host: settings.host,
      keyed: deps.keys !== undefined,
      port: settings.port,
      signal: watch.signal,
      log: deps.log,
      ...(started.close && { close: () => started.close!() }),
    });
    return watch.exitCode;
  } catch (error) {
    console.error(error instanceof Error ? error.message.split("\n")[0] : String(error));
    return error instanceof UsageError ? 2 : 1;
  } finally {
    watch.close();
  }
}
