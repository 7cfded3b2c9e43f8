import type { AppEnv, LogRecord } from "./app_deps.ts";
import { isLoopback } from "./_is_loopback.ts";

/** Options of {@linkcode serveUntil}. */
export interface ServeOptions {
  /** IP address to listen on. Anything but this machine's own needs `keyed`. @default {"127.0.0.1"} */
  readonly host?: string;
  /** Whether the handler checks keys. @default {false} */
  readonly keyed?: boolean;
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

/** Whether only this machine reaches what listens at an address. */
function isLocal(address: Deno.Addr): boolean {
  return "hostname" in address ? isLoopback(address.hostname) : address.transport.startsWith("unix");
}

/**
 * Serves requests until a signal aborts, then waits for answers under way, but not for ever.
 *
 * After the signal the port stays open for a moment and while `close` works; then it takes no more requests. All of
 * that together ends after `drainMs`.
 *
 * Without keys only this machine reaches the server.
 *
 * @param fetch Handler of requests; it is told the IP address of the peer.
 * @param options Port, signal, log.
 * @throws {RangeError} When the host reaches beyond this machine and there are no keys.
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
  fetch: (request: Request, env: AppEnv["Bindings"]) => Response | Promise<Response>,
  options: ServeOptions,
): Promise<void> {
  const { signal, log, lingerMs = 250, drainMs = 4000 } = options;
  const { host: hostname = "127.0.0.1", keyed = false } = options;
  const unkeyed = (where: string) =>
    new RangeError(`Cannot listen on ${where}: expected 127.0.0.1, because no keys are configured`);
  if (!keyed && !isLoopback(hostname)) throw unkeyed(hostname);
  // Deno's own DENO_SERVE_ADDRESS, which Deno Deploy sets, goes before the address asked for.
  const refuses = (address: Deno.Addr) => !keyed && !isLocal(address);
  let refused = false;
  const onListen = (address: Deno.NetAddr) => {
    if (refuses(address)) return;
    const { hostname, port } = address;
    const url = `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
    const note = keyed ? "keys are configured" : "no keys are configured: this machine only";
    log({ level: "info", message: "listening", url, note });
    options.onListen?.(url);
  };
  let server: Deno.HttpServer<Deno.NetAddr>;
  try {
    server = Deno.serve(
      { hostname, port: options.port, onListen },
      (request, { remoteAddr }) =>
        refused ? new Response(null, { status: 503 }) : fetch(request, { peer: remoteAddr.hostname }),
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot listen on ${hostname}, port ${options.port}: ${message}`, { cause: error });
  }
  if (refuses(server.addr)) {
    refused = true;
    await server.shutdown();
    throw unkeyed(String((server.addr as Partial<Deno.NetAddr>).hostname));
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
