import { launcherLinks, parentOf } from "./_ancestors.ts";

/**
 * Watches the processes that started this one.
 *
 * A SIGTERM to npx ends npx and its shell, but never reaches this process, and `deno task` in between lives on. So
 * besides this process's own parent, the parents of the launchers between it and npx are watched, where /proc may be
 * read: on Linux, with all permissions.
 *
 * @returns A function that tells whether one of them is gone.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { watchParents } from "./mod.ts";
 * assertEquals(watchParents()(), false);
 * ```
 */
export function watchParents(): () => boolean {
  const parent = Deno.ppid;
  const links = launcherLinks(parent);
  return () => Deno.ppid !== parent || links.some(({ pid, parent }) => parentOf(pid) !== parent);
}
