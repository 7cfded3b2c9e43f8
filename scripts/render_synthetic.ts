/**
 * Renders a synthetic data set, or a contact sheet of it.
 *
 *     deno run -A scripts/render_synthetic.ts --out data/synthetic [--seed 0] [--rho 0.6] [--train-subjects 24]
 *         [--holdout-subjects 12] [--train-clips 12] [--holdout-clips 15] [--macro-clips 3] [--size 32] [--channels 1]
 *     deno run -A scripts/render_synthetic.ts --sheet docs/synthetic-contact-sheet.png [--seed 0] [--rho 0.6]
 */
import { parseArgs } from "node:util";
import {
  type RenderOptions,
  syntheticManifest,
  type SyntheticOptions,
  writeSyntheticDataSet,
} from "../lib/data/synthetic/mod.ts";
import { syntheticSheet } from "./_synthetic_sheet.ts";

const NUMBERS = {
  "seed": "seed",
  "rho": "rho",
  "train-subjects": "trainSubjects",
  "holdout-subjects": "holdoutSubjects",
  "train-clips": "trainClips",
  "holdout-clips": "holdoutClips",
  "macro-clips": "macroClips",
  "size": "size",
  "channels": "channels",
} as const;

interface Request {
  readonly out: string | undefined;
  readonly sheet: string | undefined;
  readonly options: SyntheticOptions & RenderOptions;
}

/** Reads the command line. */
function parse(args: string[]): Request {
  const flags = Object.fromEntries(
    ["out", "sheet", ...Object.keys(NUMBERS)].map((name) => [name, { type: "string" as const }]),
  );
  const { values } = parseArgs({ args, options: flags });
  const options: Record<string, number> = {};
  for (const [flag, name] of Object.entries(NUMBERS)) {
    const text = values[flag];
    if (text === undefined) continue;
    const value = Number(text);
    if (text === "" || Number.isNaN(value)) {
      throw new TypeError(`Cannot read --${flag}: expected a number, got "${text}"`);
    }
    options[name] = value;
  }
  if (values.out === undefined && values.sheet === undefined) {
    throw new TypeError("Cannot render: expected --out DIR or --sheet FILE.png");
  }
  return { out: values.out as string | undefined, sheet: values.sheet as string | undefined, options };
}

async function main(): Promise<void> {
  const { out, sheet, options } = parse(Deno.args);
  if (sheet !== undefined) await Deno.writeFile(sheet, syntheticSheet(syntheticManifest(options)));
  if (out === undefined) return;
  const stop = new AbortController();
  Deno.addSignalListener("SIGINT", () => stop.abort(new Error("Interrupted: nothing was written")));
  const started = performance.now();
  const set = await writeSyntheticDataSet(out, options, {
    signal: stop.signal,
    onProgress: (done, total) => {
      if (done % 100 === 0 || done === total) console.error(`${done} of ${total} clips`);
    },
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${set.written ? "Wrote" : "Found"} ${set.clips} clips, ${set.frames} frames in ${seconds} s: ${set.manifest}`,
  );
}

if (import.meta.main) {
  try {
    await main();
    Deno.exit(0);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    const usage = error instanceof TypeError || error instanceof RangeError;
    Deno.exit(usage ? 2 : 1);
  }
}
