import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { AppEnv } from "../../lib/http/mod.ts";
import type { RunEvents } from "./_run_events.ts";
import type { RunState } from "./_run_state.ts";

/** Milliseconds of silence after which a comment keeps the connection open. */
const HEARTBEAT_MS = 15_000;

/** Resolves when the promise does, to true, or after so many milliseconds, to false. */
async function within(promise: Promise<void>, ms: number): Promise<boolean> {
  const timeout = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => timeout.resolve(false), ms);
  const result = await Promise.race([promise.then(() => true), timeout.promise]);
  clearTimeout(timer);
  return result;
}

/**
 * Streams a run as server-sent events until it is finished.
 *
 * `Last-Event-ID` resumes after that event. A run that this process does not know has its state as its only event.
 */
export function streamRun(c: Context<AppEnv>, run: RunState, events: RunEvents | null): Response {
  let last = Number(c.req.header("Last-Event-ID") ?? 0) || 0;
  return streamSSE(c, async (stream) => {
    if (events === null) {
      await stream.writeSSE({ event: "state", data: JSON.stringify(run) });
      return;
    }
    let gone = false;
    const left = Promise.withResolvers<void>();
    stream.onAbort(() => {
      gone = true;
      left.resolve();
    });
    while (!gone) {
      const changed = events.changed;
      const closed = events.closed;
      for (const { id, type, data } of events.after(last)) {
        await stream.writeSSE({ id: String(id), event: type, data: JSON.stringify(data) });
        last = id;
      }
      if (closed) return;
      if (!await within(Promise.race([changed, left.promise]), HEARTBEAT_MS)) await stream.write(": still there\n\n");
    }
  });
}
