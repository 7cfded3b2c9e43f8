/** One process of the test run. */
export interface TestUnit {
  /** What it tests, a path from the root. */
  readonly name: string;
  /** Arguments after `deno test`. */
  readonly args: readonly string[];
}

/** What a test process reported. */
export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  /** Names of the tests that were skipped; the reason stands in brackets at the end. */
  readonly skipped: readonly string[];
}

/**
 * Reads the counts from what `deno test` prints.
 *
 * A process that failed without a failed test (a file that does not load, a crash, a timeout) counts as one failure.
 *
 * @param output Its stdout and stderr, without colours.
 * @param code Its exit code.
 * @returns The counts.
 */
export function readTestReport(output: string, code: number): TestReport {
  const pattern = /^(?:ok|FAILED) \| (\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed/gm;
  // Tests of test runners print summaries too: deno's own comes last.
  const summary = [...output.matchAll(pattern)].at(-1);
  const passed = Number(summary?.[1] ?? 0);
  const failed = Number(summary?.[2] ?? 0);
  const broken = code !== 0 || !summary;
  const skipped = [...output.matchAll(/^(.*) \.\.\. ignored/gm)].map((match) => match[1]!);
  return { passed, failed: broken ? Math.max(1, failed) : failed, skipped };
}

/**
 * Splits the suite into processes: one a test file, so that a crash takes no other file along, and one a folder of
 * lib for its doc examples.
 *
 * @param files Every `_test.ts` file.
 * @param docs Folders of lib whose examples run.
 * @param paths Only units at or under these, or units that hold them; empty for all.
 * @param docConfig The configuration of doc examples.
 * @returns The units.
 */
export function planTests(
  files: readonly string[],
  docs: readonly string[],
  paths: readonly string[],
  docConfig: string,
): TestUnit[] {
  const clean = paths.map((path) => path.replace(/^\.\//, "").replace(/\/+$/, ""));
  const under = (path: string, folder: string) => folder === "." || path === folder || path.startsWith(`${folder}/`);
  const wanted = (path: string) => clean.length === 0 || clean.some((one) => under(path, one));
  const units = files.filter(wanted).map((file) => ({ name: file, args: [file] }));
  for (const folder of docs) {
    // A path inside a folder narrows its examples to that path.
    const inside = clean.filter((path) => path !== folder && under(path, folder));
    if (!wanted(folder) && inside.length === 0) continue;
    const targets = wanted(folder) ? [folder] : inside;
    units.push({ name: `${targets.join(" ")} (examples)`, args: ["--doc", "--config", docConfig, ...targets] });
  }
  return units;
}
