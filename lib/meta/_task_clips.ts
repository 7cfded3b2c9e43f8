import type { Value } from "../autodiff/mod.ts";
import type { TaskClips } from "./types.ts";

/** The queries of a task, which training needs. */
export function queriesOf({ query }: TaskClips): Value {
  if (query === null) throw new TypeError("Cannot take a meta-gradient: expected query clips, got none");
  return query;
}

/** Refuses several tasks together where an algorithm takes one. */
export function checkOneTask({ tasks = 1 }: TaskClips): void {
  if (tasks !== 1) throw new TypeError(`Cannot take a gradient: expected one task, got ${tasks} together`);
}
