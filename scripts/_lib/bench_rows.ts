/** One measurement as printed and as JSON. */
export interface BenchRow {
  /** Who did it: a name with backend and workers or threads. */
  readonly peer: string;
  readonly workload: string;
  readonly what: string;
  readonly decoder: string;
  readonly ms: number;
  readonly min_ms: number;
  readonly tasks_per_s: number | null;
  readonly peak_mb: number;
  /** Of a cold start: the longest, and the CPU time of the process, all threads, which depends less on who else works. */
  readonly max_ms?: number;
  readonly cpu_ms?: number;
}

/** What a step asks of WebGPU, as printed and as JSON: of the second step, which compiles nothing. */
export interface CountRow {
  readonly workload: string;
  readonly what: string;
  readonly decoder: string;
  readonly tasks: number;
  /** Programs that the first step compiled, and this one. */
  readonly compiled: number;
  readonly pipelines: number;
  readonly dispatches: number;
  readonly submits: number;
  readonly uploadedBytes: number;
  readonly uniformBytes: number;
  readonly reads: number;
  readonly readBytes: number;
}

/** Time of this project over the peer's. */
export interface BenchRatio {
  readonly workload: string;
  readonly what: string;
  readonly peer: string;
  readonly ratio: number;
  readonly pairs: number;
}

/** Columns of text at the left; numbers follow. */
const WIDTHS = [10, 11, 8, 30] as const;

function line(cells: readonly (string | number | null)[], widths: readonly number[]): string {
  return cells.map((cell, i) => widths[i] ? String(cell).padEnd(widths[i]) : String(cell ?? "").padStart(11)).join("");
}

/**
 * Lines of a table.
 *
 * @param rows What was measured.
 * @param withHead Whether the columns' names come first.
 * @returns The lines, without a newline at the end.
 */
export function benchTable(rows: readonly BenchRow[], withHead = true): string {
  const head = ["workload", "what", "decoder", "who", "ms", "min ms", "tasks/s", "peak MB"];
  return [
    ...withHead ? [line(head, WIDTHS)] : [],
    ...rows.map((row) =>
      line([row.workload, row.what, row.decoder, row.peer, row.ms, row.min_ms, row.tasks_per_s, row.peak_mb], WIDTHS)
    ),
  ].join("\n");
}

/**
 * Lines of a table of counts.
 *
 * @param rows What was counted.
 * @param withHead Whether the columns' names come first.
 * @returns The lines, without a newline at the end.
 */
export function countTable(rows: readonly CountRow[], withHead = true): string {
  const widths = WIDTHS.slice(0, 3);
  const head = ["tasks", "dispatches", "submits", "compiled", "reads", "read kB", "up kB", "numbers kB"];
  const kilobytes = (bytes: number) => Math.round(bytes / 100) / 10;
  return [
    ...withHead ? [line(["workload", "what", "decoder", ...head], widths)] : [],
    ...rows.map((row) => {
      const bytes = [row.readBytes, row.uploadedBytes, row.uniformBytes].map(kilobytes);
      const counts = [row.tasks, row.dispatches, row.submits, `${row.compiled}+${row.pipelines}`, row.reads];
      return line([row.workload, row.what, row.decoder, ...counts, ...bytes], widths);
    }),
  ].join("\n");
}

/**
 * The median, over pairs of neighbouring rows, of this project's time over the peer's.
 *
 * @param rows In the order taken: a row of this project, then one of the peer for the same work.
 * @returns One ratio a kind of work; none without a peer.
 */
export function pairRatios(rows: readonly BenchRow[]): BenchRatio[] {
  const ratios = new Map<string, { readonly own: BenchRow; readonly peer: string; readonly values: number[] }>();
  rows.forEach((peer, i) => {
    const own = rows[i - 1];
    const same = own?.workload === peer.workload && own.what === peer.what;
    if (!same || peer.peer.startsWith("lightmannet") || !own.peer.startsWith("lightmannet")) return;
    const key = `${own.workload} ${own.what}`;
    if (!ratios.has(key)) ratios.set(key, { own, peer: peer.peer, values: [] });
    ratios.get(key)!.values.push(own.ms / peer.ms);
  });
  return [...ratios.values()].map(({ own, peer, values }) => {
    const sorted = values.sort((a, b) => a - b);
    const middle = (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
    const { workload, what } = own;
    return { workload, what, peer, ratio: Math.round(middle * 1000) / 1000, pairs: sorted.length };
  });
}
