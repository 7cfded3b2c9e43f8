import type { ClipSource } from "./clip_source.ts";

/** A request's clips, not decoded yet, and the fields beside them, not checked yet. */
export interface ClipsRequest {
  readonly clips: readonly ClipSource[];
  readonly fields: Readonly<Record<string, unknown>>;
}
