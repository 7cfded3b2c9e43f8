/** What was answered to a request with an idempotency key. */
export interface Replay<T> {
  /** Hash of what the request held. */
  readonly digest: string;
  readonly answer: T;
}

/** Remembers answers by subject and idempotency key. */
export interface Replays<T> {
  find(subject: string, key: string): Replay<T> | null;
  remember(subject: string, key: string, replay: Replay<T>): void;
  /** Forgets everything of a subject. */
  forget(subject: string): void;
}

/** Milliseconds that an answer is remembered: a day. */
const KEPT_MS = 86_400_000;

/** Answers that are remembered; the oldest go first. */
const MAX_KEPT = 1000;

/**
 * Makes the memory of answers. It lies in the process, never in the store: an erased subject must not live on in what
 * was kept for its retries.
 *
 * @param now Milliseconds that only grow.
 */
export function createReplays<T>(now: () => number): Replays<T> {
  const kept = new Map<string, Replay<T> & { readonly at: number; readonly subject: string }>();
  const nameOf = (subject: string, key: string) => `${subject} ${key}`;
  return {
    find(subject, key) {
      const replay = kept.get(nameOf(subject, key));
      if (replay === undefined || now() - replay.at <= KEPT_MS) return replay ?? null;
      kept.delete(nameOf(subject, key));
      return null;
    },
    remember(subject, key, replay) {
      kept.delete(nameOf(subject, key));
      kept.set(nameOf(subject, key), { ...replay, subject, at: now() });
      for (const oldest of kept.keys()) {
        if (kept.size <= MAX_KEPT) break;
        kept.delete(oldest);
      }
    },
    forget(subject) {
      for (const [name, replay] of kept) if (replay.subject === subject) kept.delete(name);
    },
  };
}
