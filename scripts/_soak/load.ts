/** What a load gave. */
export interface LoadResult {
  /** Milliseconds of each answer. */
  readonly times: readonly number[];
  readonly errors: readonly string[];
  readonly seconds: number;
}

/** How a load is made. */
export interface LoadOptions {
  /** One request; rejects when it fails. The number counts from 0. */
  send(request: number): Promise<unknown>;
  /** Goes on until then. */
  readonly signal: AbortSignal;
  /** Requests in all. @default {no end} */
  readonly requests?: number;
  progress?(done: number): void;
}

async function timed(send: () => Promise<unknown>, times: number[], errors: string[], since: number): Promise<void> {
  try {
    await send();
    times.push(performance.now() - since);
  } catch (error) {
    if (errors.length < 100) errors.push(error instanceof Error ? error.message : String(error));
  }
}

/** So many clients, each of which sends its next request when the last is answered: what a server can do at most. */
export async function closedLoad(clients: number, options: LoadOptions): Promise<LoadResult> {
  const { send, signal, requests = Infinity } = options;
  const [times, errors]: [number[], string[]] = [[], []];
  const begun = performance.now();
  let next = 0;
  await Promise.all(Array.from({ length: clients }, async () => {
    while (next < requests && !signal.aborted) {
      const request = next++;
      await timed(() => send(request), times, errors, performance.now());
      options.progress?.(times.length);
    }
  }));
  return { times, errors, seconds: (performance.now() - begun) / 1000 };
}

/**
 * Requests at an even rate, whether the last was answered or not, as independent users send them. A time counts from when the
 * request was due: a server that stalls is not excused for the requests that it kept from being sent.
 */
export async function openLoad(perSecond: number, options: LoadOptions): Promise<LoadResult> {
  const { send, signal, requests = Infinity } = options;
  const [times, errors]: [number[], string[]] = [[], []];
  const begun = performance.now();
  const under = new Set<Promise<void>>();
  for (let request = 0; request < requests && !signal.aborted; request++) {
    const due = begun + 1000 * request / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const one = timed(() => send(request), times, errors, Math.max(due, begun)).finally(() => under.delete(one));
    under.add(one);
    options.progress?.(times.length);
  }
  await Promise.all(under);
  return { times, errors, seconds: (performance.now() - begun) / 1000 };
}
