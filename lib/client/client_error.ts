/** The body of an error (RFC 9457). */
export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly requestId: string;
  /** The fields that are wrong. */
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/**
 * A function has answered with an error.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ClientError } from "./mod.ts";
 * assertEquals(new ClientError(503, null, 2).retryAfter, 2);
 * ```
 */
export class ClientError extends Error {
  override name = "ClientError";
  /** HTTP status. */
  readonly status: number;
  /** What the function says; null when it was something else that answered, for instance a proxy. */
  readonly problem: Problem | null;
  /** Seconds after which to try again, where the answer says so. */
  readonly retryAfter: number | null;

  constructor(status: number, problem: Problem | null, retryAfter: number | null = null) {
    super(problem?.detail ?? `The server answered ${status}`);
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}
