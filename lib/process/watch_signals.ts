import { watchParents } from "./watch_parents.ts";

/** What interrupts a command. */
export type StopSignal = "SIGINT" | "SIGTERM";

/** Exit codes by shell convention: 128 plus the signal's number. */
const EXIT_CODES: Record<StopSignal, number> = { SIGINT: 130, SIGTERM: 143 };

/** Signals this close together are one: under npx a single Ctrl-C arrives twice. */
const ONE_SIGNAL_MS = 1000;

/** Watches for a request to stop. */
export interface SignalWatch {
  /** Aborts at the first request. Its reason is a DOMException named AbortError. */
  readonly signal: AbortSignal;
  /** 130 or 143 once a request came, else 0. */
  readonly exitCode: number;
  /** Stops watching. */
  close(): void;
}

/** The process around a watch; replaced in tests. */
export interface SignalSource {
  listen(name: StopSignal, handler: () => void): () => void;
  /** Whether a process that started this one is gone. */
  orphaned(): boolean;
  /** Milliseconds that only grow. */
  now(): number;
  exit(code: number): void;
}

/** This process and its parents. */
function processSource(): SignalSource {
  return {
    listen(name, handler) {
      // Windows knows no SIGTERM.
      if (Deno.build.os === "windows" && name === "SIGTERM") return () => {};
      Deno.addSignalListener(name, handler);
      return () => Deno.removeSignalListener(name, handler);
    },
    orphaned: watchParents(),
    now: () => performance.now(),
    exit: (code) => Deno.exit(code),
  };
}

/**
 * Turns SIGINT and SIGTERM into an AbortSignal, once.
 *
 * The first request aborts the signal: the command checkpoints and ends with `exitCode`. Requests within a second of
 * the last count as the same. A later one ends the process at once. The death of a parent counts as SIGTERM.
 *
 * @param replaced What differs from this process.
 * @returns The watch; close it when the command is done.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { watchSignals } from "./mod.ts";
 * const watch = watchSignals();
 * assertEquals([watch.signal.aborted, watch.exitCode], [false, 0]);
 * watch.close();
 * ```
 */
export function watchSignals(replaced: Partial<SignalSource> = {}): SignalWatch {
  const source = { ...processSource(), ...replaced };
  const controller = new AbortController();
  let exitCode = 0;
  let last = -Infinity;
  const stop = (name: StopSignal, why = `Interrupted by ${name}`) => {
    const time = source.now();
    const repeated = time - last < ONE_SIGNAL_MS;
    last = time;
    if (repeated) return;
    if (controller.signal.aborted) return source.exit(EXIT_CODES[name]);
    exitCode = EXIT_CODES[name];
    controller.abort(new DOMException(why, "AbortError"));
  };
  const unlisten = (["SIGINT", "SIGTERM"] as const).map((name) => source.listen(name, () => stop(name)));
  const timer = setInterval(() => {
    if (!source.orphaned()) return;
    clearInterval(timer);
    // An orphan that is already stopping keeps its time to checkpoint.
    if (!controller.signal.aborted) stop("SIGTERM", "Stopped because the process that started it is gone");
  }, 1000);
  Deno.unrefTimer(timer);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    close() {
      clearInterval(timer);
      for (const off of unlisten) off();
    },
  };
}
