/** Where a request stands in a trace. */
export interface TraceContext {
  readonly traceId: string;
  /** What the answer says: the same trace, this server's own part of it. */
  readonly traceparent: string;
}

/** Version 00, and later ones as far as they begin alike. */
const PATTERN = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?$/;

/**
 * Goes on with a client's trace, or begins one.
 *
 * @param given The request's `traceparent`.
 * @param random Gives so many random bytes.
 *
 * Source: W3C Trace Context, section 3.2
 */
export function traceContext(given: string | undefined, random: (bytes: number) => Uint8Array): TraceContext {
  const [, version, id, flags, more] = PATTERN.exec(given ?? "") ?? [];
  const fit = id !== undefined && (version !== "00" || more === undefined);
  const traceId = fit ? id : random(16).toHex();
  // Of the flags only "sampled" is known; a trace that begins here is not.
  const sampled = fit && (parseInt(flags!, 16) & 1) === 1 ? "01" : "00";
  return { traceId, traceparent: `00-${traceId}-${random(8).toHex()}-${sampled}` };
}
