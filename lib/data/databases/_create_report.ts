import type { Finding } from "../clip_listing.ts";

/** Collects what a reader has to say. */
export interface Report {
  /** In the order in which they were made. */
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
  /** Something is not as it should be. */
  find(file: string, line: number | null, message: string): void;
  /** Nothing is wrong, but a person should know. */
  note(message: string): void;
}

/** An empty report. */
export function createReport(): Report {
  const findings: Finding[] = [];
  const notes: string[] = [];
  return {
    findings,
    notes,
    find: (file, line, message) => void findings.push({ file, line, message }),
    note: (message) => void notes.push(message),
  };
}
