import type { LogRecord } from "./app_deps.ts";

/** Options of {@linkcode serveUntil}. */
export interface ServeOptions {
  /** Port; 0: any free one. */
  readonly port: number;
  /** Stops the server when it aborts. */
  readonly signal: AbortSignal;
  log(record: LogRecord): void;
  /** Told the address once the port is open. */
  onListen?(url: string): void;
  /** Ends what would keep answers open (event streams) or work on (a training run), before the port closes. */
  close?(): Promise<void>;
  /** Milliseconds that the port stays open after the signal, so that whoever asks for readiness sees it end. @default {250} */
  readonly lingerMs?: number;
  /** Milliseconds after the signal at which the server ends, whatever is still under way. @default {4000} */
  readonly drainMs?: number;
}

/**
 * Serves requests on 127.0.0.1 until a signal aborts, then waits for answers under way, but not for ever.
 *
 * After the signal the port stays open for a moment and while `close` works; then it takes no more requests. All of
 * that together ends after `drainMs`.
 *
 * Only this machine reaches the server: it checks no keys.
 *
 * @param fetch Handler of requests.
 * @param options Port, signal, log.
 * @throws {Error} When the port cannot be opened, naming it.
 *
 * @example
 * ```ts
 * import { serveUntil } from "./mod.ts";
 * const stop = new AbortController();
 * await serveUntil(() => new Response("hello"), {
 *   port: 0,
 *   signal: stop.signal,
 *   log: () => {},
 *   onListen: async (url) => {
 *     await (await fetch(url)).text();
 *     stop.abort();
 *   },
 * });
 * ```
 */
export async function serveUntil(
  fetch: (request: Request) => Response | Promise<Response>,
  options: ServeOptions,
): Promise<void> {
  const { signal, log, lingerMs = 250, drainMs = 4000 } = options;
  const hostname = "127.0.0.1";
  const onListen = ({ port }: Deno.NetAddr) => {
    const url = `http://${hostname}:${port}`;
    log({ level: "info", message: "listening", url, note: "no keys are configured: this machine only" });
    options.onListen?.(url);
  };
  let server: Deno.HttpServer<Deno.NetAddr>;
  try {
    server = Deno.serve({ hostname, port: options.port, onListen }, fetch);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot listen on ${hostname}, port ${options.port}: ${message}`, { cause: error });
  }
  const stopped = Promise.withResolvers<void>();
  const stop = () => stopped.resolve();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  await Promise.race([stopped.promise, server.finished]);
  signal.removeEventListener("abort", stop);
  log({ level: "info", message: "stopping" });
  // What takes longer is cut off by the end of the process: Deno cannot abort a server that is shutting down.
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, drainMs);
  const end = async () => {
    await Promise.all([options.close?.(), new Promise((resolve) => setTimeout(resolve, lingerMs))]);
    await server.shutdown();
  };
  try {
    await Promise.race([end(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
