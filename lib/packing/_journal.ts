import * as z from "zod";
import { APEX_SOURCES, type ClipFacts } from "./clip_facts.ts";

/** A clip that lies in the partial file. */
export interface PackedClip {
  readonly index: number;
  readonly sha256: string;
  readonly stamp: string;
  readonly facts: ClipFacts;
}

const number = z.int().nonnegative().nullable();

const lineSchema = z.strictObject({
  index: z.int().nonnegative(),
  sha256: z.string(),
  stamp: z.string(),
  facts: z.strictObject({
    frames: z.int(),
    width: z.int(),
    height: z.int(),
    sizes: z.int(),
    channels: z.union([z.literal(1), z.literal(3)]),
    onset: number,
    apex: number,
    offset: number,
    apexSource: z.enum(APEX_SOURCES),
    gaps: z.int(),
  }),
});

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // the line that was being written when the power went
  }
}

/**
 * What an interrupted pack has written, by clip; null when there is no journal, "other" when it belongs to other work.
 */
export function readJournal(path: string, key: string): Map<number, PackedClip> | null | "other" {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  const [first, ...rest] = text.split("\n").filter((line) => line !== "").map(parseLine);
  if ((first as { key?: unknown } | null | undefined)?.key !== key) return "other";
  const clips = new Map<number, PackedClip>();
  for (const line of rest) {
    const parsed = lineSchema.safeParse(line);
    if (parsed.success) clips.set(parsed.data.index, parsed.data);
  }
  return clips;
}

/** Begins a journal anew, with the clips that are known to be good. */
export function startJournal(path: string, key: string, clips: Iterable<PackedClip>): void {
  const lines = [{ key }, ...clips].map((line) => `${JSON.stringify(line)}\n`);
  Deno.writeTextFileSync(path, lines.join(""));
}

/** Notes one more clip. */
export function appendJournal(path: string, clip: PackedClip): void {
  Deno.writeTextFileSync(path, `${JSON.stringify(clip)}\n`, { append: true });
}
