import { watchParents } from "../../lib/process/mod.ts";

/**
 * Writes a line a second for as long as the processes that started this one live and someone reads.
 *
 * At the front of a pipe it tells a program with fewer permissions, by the end of its stdin, that npx was killed: to
 * see that, Deno wants all permissions.
 */
async function main(): Promise<void> {
  const orphaned = watchParents();
  // Ctrl-C reaches the reader too; this process ends after it.
  Deno.addSignalListener("SIGINT", () => {});
  try {
    while (!orphaned()) {
      await Deno.stdout.write(new Uint8Array([10]));
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

if (import.meta.main) {
  await main();
  Deno.exit(0);
}
