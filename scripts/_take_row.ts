import { fromFileUrl } from "@std/path";
import type { RowOrder } from "./_bench_row.ts";
import type { BenchRow } from "./_lib/bench_rows.ts";
import { UsageError } from "./_lib/usage_error.ts";

/** Runs a program and reads the last line it prints as JSON. */
export async function takeRow<Row = BenchRow>(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<Row> {
  signal.throwIfAborted();
  const options: Deno.CommandOptions = {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal,
  };
  let ended: Deno.CommandOutput;
  try {
    ended = await new Deno.Command(program, options).output();
  } catch (error) {
    throw error instanceof Deno.errors.NotFound ? new UsageError(`Cannot run ${program}: no such program`) : error;
  }
  const { success, stdout, stderr } = ended;
  signal.throwIfAborted();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim().split("\n").pop()!;
  if (!success) throw new Error(`Cannot measure: ${decode(stderr)}`);
  return { decoder: "none", ...JSON.parse(decode(stdout)) } as Row;
}

/** A row of this project, in a process of its own. */
export function takeOwnRow<Row = BenchRow>(order: RowOrder, signal: AbortSignal): Promise<Row> {
  const script = fromFileUrl(import.meta.resolve("./_bench_row.ts"));
  return takeRow<Row>(Deno.execPath(), ["run", "-A", script, JSON.stringify(order)], signal);
}
