import fc from "fast-check";
import type { FuzzRequest } from "./bad_requests.ts";

/** What a fuzz found. */
export interface FuzzResult {
  readonly sent: number;
  readonly faults: readonly string[];
  /** How many answers of each status. */
  readonly statuses: Readonly<Record<string, number>>;
}

/** How a fuzz is made. */
export interface FuzzOptions {
  readonly count: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Sends a request. */
  send(request: Request): Promise<Response>;
  /** Told after each answer. */
  sent?(count: number): Promise<void> | void;
  /** Milliseconds after which an answer is missed. @default {30000} */
  readonly limitMs?: number;
}

/** Requests drawn at a time; a batch of its own seed, so that memory does not grow with their number. */
const BATCH = 500;

/** What is wrong with an answer; null when it is one that the docs promise. */
async function faultOf(response: Response): Promise<string | null> {
  const { status, headers } = response;
  const text = await response.text();
  if (status >= 500) return `${status}: ${text.slice(0, 300)}`;
  // An answer to HEAD has no body.
  if (status < 400 || text === "") return null;
  if (headers.get("Content-Type") !== "application/problem+json") return `${status} as ${headers.get("Content-Type")}`;
  try {
    if (JSON.parse(text).status !== status) return `${status} with another status in its body`;
  } catch {
    return `${status} with a body that is no JSON`;
  }
  return null;
}

/** Sends generated requests one after another, and looks for answers of 500 and above, wrong problems, and silence. */
export async function fuzz(requests: fc.Arbitrary<FuzzRequest>, options: FuzzOptions): Promise<FuzzResult> {
  const { count, seed, signal, limitMs = 30_000 } = options;
  const faults: string[] = [];
  const statuses: Record<string, number> = {};
  let sent = 0;
  while (sent < count && !signal.aborted && faults.length < 5) {
    const batch = fc.sample(requests, { numRuns: Math.min(BATCH, count - sent), seed: seed + sent });
    for (const { method, path, headers, body } of batch) {
      if (signal.aborted || faults.length >= 5) break;
      let what: string | null;
      try {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
        const init = { method, headers, signal: limit, redirect: "manual" } as const;
        const request = new Request(`http://127.0.0.1${path}`, { ...init, body: body as BodyInit | null });
        const response = await options.send(request);
        statuses[response.status] = (statuses[response.status] ?? 0) + 1;
        what = await faultOf(response);
      } catch (error) {
        if (signal.aborted) break;
        what = `no answer: ${error}`;
      }
      sent++;
      if (what !== null) {
        const shown = typeof body === "string" ? body.slice(0, 400) : body?.toBase64().slice(0, 400);
        faults.push(`${method} ${path} ${JSON.stringify(headers)} ${shown}: ${what}`);
      }
      await options.sent?.(sent);
    }
  }
  return { sent, faults, statuses };
}
