import type { ClipEntry, Recipe } from "../data/mod.ts";
import type { ClipFacts, ClipPicture } from "./clip_facts.ts";

/** One clip's work: to read it, or only to tell the state of its files. */
export interface ClipJob {
  readonly entry: ClipEntry;
  readonly recipe: Recipe;
  readonly what: "read" | "stamp";
  /** Decode every frame, also those that the recipe passes over. */
  readonly all: boolean;
  readonly pictures: boolean;
  /** Frames of several sizes in one clip are an error. */
  readonly strict: boolean;
}

/** What comes back. */
export interface ClipResult {
  /** SHA-256 of names, sizes and times of change of the clip's files. */
  readonly stamp: string;
  /** Of a clip that was read. */
  readonly clip: {
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly sha256: string;
    readonly facts: ClipFacts;
    readonly pictures: readonly ClipPicture[];
  } | null;
}

/** An error on its way between threads, where only plain data pass. */
export interface ClipFailure {
  readonly kind: string;
  readonly message: string;
}

/** The classes of error that keep their class on the way. */
const KINDS = { RangeError, SyntaxError, TypeError, NotFound: Deno.errors.NotFound } as const;

/** Makes an error plain. */
export function toFailure(error: unknown): ClipFailure {
  const kind = Object.entries(KINDS).find(([, Kind]) => error instanceof Kind)?.[0] ?? "Error";
  return { kind, message: error instanceof Error ? error.message : String(error) };
}

/** Makes it an error again, which says where the clip is annotated. */
export function toError({ kind, message }: ClipFailure, entry: ClipEntry): Error {
  const Kind = Object.hasOwn(KINDS, kind) ? KINDS[kind as keyof typeof KINDS] : Error;
  const line = entry.line === null ? "" : `, line ${entry.line}`;
  return new Kind(`Cannot read clip ${entry.id} (${entry.file}${line}): ${message}`);
}
