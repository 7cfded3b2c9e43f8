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

/** Time of this project over the peer's. */
export interface BenchRatio {
  readonly workload: string;
  readonly what: string;
  readonly peer: string;
  readonly ratio: number;
  readonly pairs: number;
}

/**
 * Lines of a table.
 *
 * @param rows What was measured.
 * @param withHead Whether the columns' names come first.
 * @returns The lines, without a newline at the end.
 */
export function benchTable(rows: readonly BenchRow[], withHead = true): string {
  const line = (cells: readonly (string | number | null)[]) =>
    cells.map((cell, i) => i < 4 ? String(cell).padEnd([10, 11, 8, 30][i]!) : String(cell ?? "").padStart(11)).join("");
  const head = ["workload", "what", "decoder", "who", "ms", "min ms", "tasks/s", "peak MB"];
  return [
    ...withHead ? [line(head)] : [],
    ...rows.map((row) =>
      line([row.workload, row.what, row.decoder, row.peer, row.ms, row.min_ms, row.tasks_per_s, row.peak_mb])
    ),
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
