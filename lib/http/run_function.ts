import type { AppDeps } from "./app_deps.ts";
import { createServerDeps } from "./create_server_deps.ts";
import { readSettings, type Settings } from "./read_settings.ts";
import { serveUntil } from "./serve_until.ts";

/** A function that is ready to serve. */
export interface StartedFunction {
  fetch(request: Request): Response | Promise<Response>;
  /** Interrupts work that would outlive the server. */
  close?(): Promise<void>;
}

/** Exit codes by shell convention: 128 plus the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Signals this close together are one: under npx a single Ctrl-C arrives twice. */
const ONE_SIGNAL_MS = 1000;

/**
 * Runs one function as a program: settings from the environment, one port, until SIGINT or SIGTERM.
 *
 * The first signal stops it in order; another one, a second or more later, at once.
 *
 * @param port Port when `LIGHTMAN_PORT` says none.
 * @param start Makes the function; choosing a backend belongs here.
 * @returns The exit code: 1 when it cannot start, 130 or 143 after a signal.
 *
 * @example
 * ```ts ignore
 * import { runFunction } from "./mod.ts";
 * Deno.exit(await runFunction(8000, () => Promise.resolve({ fetch: () => new Response("hello") })));
 * ```
 */
export async function runFunction(
  port: number,
  start: (settings: Settings, deps: AppDeps) => Promise<StartedFunction>,
): Promise<number> {
  const stop = new AbortController();
  let code = 0;
  let last = -Infinity;
  const listeners = (["SIGINT", "SIGTERM"] as const).map((name) => {
    const onSignal = () => {
      const time = performance.now();
      const repeated = time - last < ONE_SIGNAL_MS;
      last = time;
      if (repeated) return;
      if (stop.signal.aborted) Deno.exit(EXIT_CODES[name]);
      code = EXIT_CODES[name];
      stop.abort();
    };
    // Windows knows no SIGTERM.
    if (Deno.build.os !== "windows" || name === "SIGINT") Deno.addSignalListener(name, onSignal);
    return [name, onSignal] as const;
  });
  try {
    const settings = readSettings(Deno.env.toObject(), port);
    const deps = createServerDeps(settings.store);
    const started = await start(settings, deps);
    await serveUntil((request) => started.fetch(request), {
      port: settings.port,
      signal: stop.signal,
      log: deps.log,
      ...(started.close && { close: () => started.close!() }),
    });
    return code;
  } catch (error) {
    console.error(error instanceof Error ? error.message.split("\n")[0] : String(error));
    return 1;
  } finally {
    for (const [name, onSignal] of listeners) {
      if (Deno.build.os !== "windows" || name === "SIGINT") Deno.removeSignalListener(name, onSignal);
    }
  }
}
