/** One request to a bucket. */
export interface S3Request {
  readonly method: "GET" | "PUT" | "DELETE";
  /** The object's whole key; without one the request is about the bucket. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** An answer, read to its end. */
export interface S3Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body; of an answer that is no success at most the first 64 KiB. */
  readonly bytes: Uint8Array;
  /** The time that the request was signed with, `20250101T000000Z`. */
  readonly signedAt: string;
}

/** Sends a request once. Rejects with an {@linkcode S3Failure} when there is no whole answer. */
export type SendOnce = (request: S3Request, timeout: number) => Promise<S3Answer>;
