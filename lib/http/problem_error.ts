/** Titles of the statuses that the functions answer with (RFC 9110 reason phrases). */
const TITLES = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  499: "Client Closed Request",
  500: "Internal Server Error",
  503: "Service Unavailable",
  504: "Gateway Timeout",
} as const;

/** What is wrong with one field. */
export interface FieldError {
  /** Dotted path into the body, a path parameter's or a query parameter's name. */
  readonly field: string;
  readonly message: string;
}

/**
 * An error that a client may read: becomes an RFC 9457 problem.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ProblemError } from "./mod.ts";
 * const problem = new ProblemError(422, "Cannot predict", [{ field: "clips", message: "expected at least one" }]);
 * assertEquals([problem.title, problem.errors.length], ["Unprocessable Content", 1]);
 * ```
 *
 * Source: RFC 9457
 */
export class ProblemError extends Error {
  override readonly name = "ProblemError";

  /**
   * @param status HTTP status.
   * @param message The problem's `detail`.
   * @param errors Fields that are wrong.
   * @param headers Headers of the response, for instance `Allow`.
   */
  constructor(
    readonly status: keyof typeof TITLES,
    message: string,
    readonly errors: readonly FieldError[] = [],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }

  /** The status in words. */
  get title(): string {
    return TITLES[this.status];
  }
}
