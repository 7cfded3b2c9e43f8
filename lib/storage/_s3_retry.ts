import { S3Failure } from "./_s3_failure.ts";

/** How patient a store is; times in milliseconds. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly firstDelay: number;
  readonly timeout: number;
  readonly deadline: number;
}

/** The longest wait between two tries that the server did not ask for. */
const MAX_DELAY = 5000;

/** The slowest line that a body may take, in bytes a millisecond (256 KiB/s). */
export const SLOWEST = 262;

/** A number from 0 to 1, so that writers who met once do not meet again. */
function jitter(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32;
}

/**
 * Tries until it succeeds, fails for good, or attempts or time are used up.
 *
 * Waits double from try to try, less up to half at random; a wait that the server asks for is kept.
 *
 * @param policy How patient.
 * @param bytes Size of the body, which adds to the patience.
 * @param attempt One try; is given how long the server may be silent.
 * @throws {S3Failure} The last failure.
 */
export async function retrying<T>(
  policy: RetryPolicy,
  bytes: number,
  attempt: (timeout: number) => Promise<T>,
): Promise<T> {
  const extra = bytes / SLOWEST;
  const begun = performance.now();
  const left = () => policy.deadline + extra - (performance.now() - begun);
  for (let tries = 1;; tries++) {
    try {
      return await attempt(Math.max(1, Math.min(policy.timeout + extra, left())));
    } catch (error) {
      if (!(error instanceof S3Failure) || !error.transient) throw error;
      const delay = Math.min(MAX_DELAY, policy.firstDelay * 2 ** (tries - 1)) * (0.5 + jitter() / 2);
      const wait = Math.max(delay, error.wait);
      if (tries >= policy.attempts || wait >= left()) {
        const seconds = ((performance.now() - begun) / 1000).toFixed(1);
        throw new S3Failure(`${error.message}, ${tries} ${tries === 1 ? "try" : "tries"} in ${seconds} s`, true);
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}
