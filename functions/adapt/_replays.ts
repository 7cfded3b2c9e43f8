/** Remembers by subject and idempotency key which version a request made. */
export interface Replays {
  /** What the same request made before; "other" when the key was another request's; null when it is new. */
  find(subject: string, key: string, digest: string): Promise<{ readonly version: string } | "other" | null>;
  remember(subject: string, key: string, digest: string, version: string): Promise<void>;
  /** Forgets everything of a subject. */
  forget(subject: string): Promise<void>;
}

/** Options of {@linkcode createReplays}. */
export interface ReplaysOptions {
  /** Milliseconds that only grow. */
  now(): number;
  /** So many random bytes. @default {the platform's} */
  random?(bytes: number): Uint8Array;
}

interface Entry {
  /** Hashes, like the name that the entry has. */
  readonly subject: string;
  readonly digest: string;
  readonly version: string;
  readonly at: number;
}

/** Milliseconds that an answer is remembered: a day. */
const KEPT_MS = 86_400_000;

/** Answers that are remembered; the oldest go first. */
const MAX_KEPT = 1000;

/**
 * Makes the memory of requests. It lies in the process, never in the store, and holds neither a subject's id nor an
 * answer, only hashes keyed with a secret of its own: what another process erases must not live on here. The answer
 * comes from the store, where it is gone as soon as the subject is.
 */
export function createReplays({ now, random }: ReplaysOptions): Replays {
  const kept = new Map<string, Entry>();
  const secret = random?.(32) ?? crypto.getRandomValues(new Uint8Array(32));
  const hash = { name: "HMAC", hash: "SHA-256" };
  let hasher: Promise<CryptoKey> | undefined;

  /** Hashes parts none of which holds a space but the last. */
  async function hashOf(...parts: readonly string[]): Promise<string> {
    hasher ??= crypto.subtle.importKey("raw", secret as Uint8Array<ArrayBuffer>, hash, false, ["sign"]);
    const bytes = new TextEncoder().encode(parts.join(" "));
    return new Uint8Array(await crypto.subtle.sign("HMAC", await hasher, bytes)).toHex();
  }

  return {
    async find(subject, key, digest) {
      const name = await hashOf(subject, key);
      const entry = kept.get(name);
      if (entry === undefined) return null;
      if (now() - entry.at > KEPT_MS) {
        kept.delete(name);
        return null;
      }
      return entry.digest === await hashOf(subject, key, digest) ? { version: entry.version } : "other";
    },
    async remember(subject, key, digest, version) {
      const name = await hashOf(subject, key);
      const entry = { subject: await hashOf(subject), digest: await hashOf(subject, key, digest), version, at: now() };
      kept.delete(name);
      kept.set(name, entry);
      for (const oldest of kept.keys()) {
        if (kept.size <= MAX_KEPT) break;
        kept.delete(oldest);
      }
    },
    async forget(subject) {
      const hashed = await hashOf(subject);
      for (const [name, entry] of kept) if (entry.subject === hashed) kept.delete(name);
    },
  };
}
