import { parseEvents } from "./_parse_events.ts";
import { ClientError } from "./client_error.ts";
import type { RunAnswer, RunEvent } from "./types.ts";

/** Connections in a row that bring nothing, after which a stream is given up. */
const MAX_FAILURES = 8;

/** What following a run needs of the client. */
export interface FollowDeps {
  /** Opens the stream of events after one. */
  open(after: number | null): Promise<Response>;
  run(): Promise<RunAnswer>;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds before the first new attempt; each further one waits twice as long. */
  readonly retryMs: number;
}

/** Waits, or rejects with the signal's reason. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Whether a failure may pass: the connection, a server that is full or stopping. */
function passes(error: unknown): boolean {
  return !(error instanceof ClientError) || error.status >= 500 || error.status === 429;
}

/**
 * The events of a run until it ends. A stream that breaks off is opened again after the last event; one that ends is
 * the run's end only if the run says so, because a server that stops ends its streams too.
 */
export async function* followRun(deps: FollowDeps, after: number | null): AsyncGenerator<RunEvent, void, void> {
  let last = after;
  for (let failures = 0;; failures++) {
    try {
      const { body } = await deps.open(last);
      for await (const { id, type, data } of parseEvents(body!)) {
        if (id !== null) last = Number(id);
        failures = 0;
        yield { id: id === null ? null : Number(id), type, data: JSON.parse(data) };
      }
      if (!["queued", "running"].includes((await deps.run()).status)) return;
    } catch (error) {
      deps.signal?.throwIfAborted();
      if (!passes(error) || failures + 1 >= MAX_FAILURES) throw error;
    }
    await pause(deps.retryMs * 2 ** Math.min(failures, 5), deps.signal);
  }
}
