import { UsageError, watchSignals } from "../../lib/process/mod.ts";
import { type CommandSpec, type FlagSpec, helpText, type ParsedFlags, parseFlags } from "./args.ts";

/** A command's work: resolves to nothing, or to an exit code. */
export type CommandMain<F extends Record<string, FlagSpec>> = (
  args: ParsedFlags<F>,
  signal: AbortSignal,
) => Promise<number | void>;

/**
 * Runs a command line from arguments to exit code.
 *
 * 0: done. 1: failed (or what `main` returned). 2: a wrong flag or value, or a backend that is not there; one line on
 * stderr. 130 or 143: interrupted, after `main` had the time to checkpoint; when that failed (`main` throws something
 * else than the signal's reason or another AbortError) it is a failure: 1.
 *
 * @param spec The command's flags.
 * @param main The work. The signal aborts at Ctrl-C, SIGTERM or the parent's death.
 * @param args The arguments. Default: the process's.
 * @returns The exit code, for `Deno.exit`.
 */
export async function runCommand<const F extends Record<string, FlagSpec>>(
  spec: CommandSpec<F>,
  main: CommandMain<F>,
  args: readonly string[] = Deno.args,
): Promise<number> {
  const watch = watchSignals();
  try {
    const parsed = parseFlags(args, spec);
    if (parsed.help) {
      console.log(helpText(spec));
      return 0;
    }
    const code = await main(parsed, watch.signal);
    return watch.exitCode || (code ?? 0);
  } catch (error) {
    const line = error instanceof Error ? error.message.split("\n")[0]! : String(error);
    if (error instanceof UsageError) {
      console.error(`${spec.command}: ${line}`);
      return 2;
    }
    const stopped = error === watch.signal.reason || (error instanceof Error && error.name === "AbortError");
    if (watch.exitCode && stopped) return watch.exitCode;
    console.error(`${spec.command}: ${line}`);
    if (Deno.env.get("LIGHTMAN_DEBUG")) console.error(error);
    return 1;
  } finally {
    watch.close();
  }
}
