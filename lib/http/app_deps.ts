import type { ObjectStore } from "../storage/mod.ts";
import type { ApiRoute } from "./api_route.ts";
import type { Keyring } from "./create_keyring.ts";
import type { WorkQueue } from "./create_work_queue.ts";
import type { RateLimiter } from "./create_rate_limiter.ts";
import type { Metrics } from "./create_metrics.ts";
import type { Limits } from "./limits.ts";
import type { SharedModels } from "./parse_shared_models.ts";

/** One structured log line; it never holds frames, bodies or subject ids. */
export type LogRecord = Readonly<Record<string, string | number | boolean | null>> & {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
};

/** Resolves to null when an app can work, else to why it cannot. */
export type Readiness = () => Promise<string | null>;

/** What every function needs; tests put a memory store and a fixed clock here. */
export interface AppDeps {
  readonly store: ObjectStore;
  /** Milliseconds since 1970, fractions welcome. */
  now(): number;
  /** A new unique identifier of `A-Z a-z 0-9 . _ -`. */
  newId(): string;
  /** So many random bytes. @default {the platform's} */
  random?(bytes: number): Uint8Array;
  log(record: LogRecord): void;
  /** The keys that requests must have. @default {none: everyone is the tenant "default"} */
  readonly keys?: Keyring;
  /** Models that every tenant may use, read-only. @default {none} */
  readonly shared?: SharedModels;
  /** How many requests a key may make. @default {as many as it likes} */
  readonly limiter?: RateLimiter;
  /** What bounds decoding and computing; apps behind one port share it. @default {each app its own} */
  readonly work?: WorkQueue;
  /** Origins whose pages may use the server (CORS). @default {none} */
  readonly origins?: readonly string[];
  /** Where the functions count. @default {metrics of each app's own} */
  readonly metrics?: Metrics;
  /** Where apps describe their routes; apps behind one port share it. @default {each app its own} */
  readonly api?: ApiRoute[];
  /** How each app tells whether it can work; apps behind one port share it, and are ready together. @default {each app its own} */
  readonly readiness?: Readiness[];
  /** Aborted once the server stops: from then on it is not ready. */
  readonly stopping?: AbortSignal;
  /** Limits that differ from {@linkcode DEFAULT_LIMITS}. */
  readonly limits?: Partial<Limits>;
}

/** What a request's context holds: the middleware of {@linkcode createBaseApp} puts it there, but for the subject. */
export interface AppEnv {
  Bindings: {
    /** IP address of who sent the request, where the server knows it. */
    peer?: string;
  };
  Variables: {
    requestId: string;
    /** Of the request's trace, 32 hexadecimal digits. */
    traceId: string;
    tenant: string;
    limits: Limits;
    /** Aborts when the request's time is up or its client has left; the reason is a ProblemError. */
    signal: AbortSignal;
    /** Id of the subject that the request is about, put there by its handler; kept out of the log. */
    subject?: string;
  };
}
