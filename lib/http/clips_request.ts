import type { ClipSource } from "./clip_source.ts";

/** A request's clips, not decoded yet, and the fields beside them, not checked yet. */
export interface ClipsRequest {
  readonly clips: readonly ClipSource[];
  /** SHA-256 of what was sent, 64 hexadecimal digits; the boundary of a form does not count. */
  digest(): Promise<string>;
  readonly fields: Readonly<Record<string, unknown>>;
}
