import { basename } from "@std/path";
import { type Config, type ConfigInput, makeConfig } from "../lib/config/mod.ts";
import type { Recipe } from "../lib/data/mod.ts";
import {
  checkClips,
  type ClipFacts,
  clipFindings,
  packClips,
  pickSheetClips,
  renderContactSheet,
  summarizeClips,
} from "../lib/packing/mod.ts";
import type { CommandSpec, ParsedFlags } from "./_lib/args.ts";
import { createBars } from "./_lib/bars.ts";
import { clipTable } from "./_lib/clip_table.ts";
import { type DataSource, dataSources } from "./_lib/data_sources.ts";
import { checkFilePlace, openOutput, type Output, writeFileAtomic } from "./_lib/json_out.ts";
import { peakRss } from "./_lib/peak_rss.ts";
import { formatSeconds } from "./_lib/progress.ts";
import { type PreparedClips, readClips } from "./_lib/read_clips.ts";
import { plural } from "./_lib/plural.ts";
import { quoted, taskWords } from "./_lib/shell_words.ts";
import { runCommand } from "./_lib/run_command.ts";
import { UsageError } from "./_lib/usage_error.ts";

const DATASETS = ["samm", "smic", "casme", "casme2", "casme-squared", "ckplus", "manifest", "synthetic"] as const;

const LABEL_COLUMNS = ["valence", "self-report"] as const;

const SPEC = {
  command: "prepare",
  summary: "Turns data sets into one packed file that trains fast, or checks them and shows what it found.",
  flags: {
    dataset: {
      type: "string",
      choices: DATASETS,
      multiple: true,
      help: "what the next --root holds; several make one composite",
    },
    root: { type: "string", value: "DIR", multiple: true, help: "the folder as its owners hand it out, or a manifest" },
    annotations: {
      type: "string",
      value: "FILE",
      multiple: true,
      help: "annotation file of the --dataset before it, where it is not found by itself",
    },
    out: { type: "string", value: "FILE.safetensors", help: "the packed file" },
    labels: { type: "string", value: "native|5|megc3|MAP.json", default: "native", help: "which classes" },
    camera: {
      type: "string",
      choices: ["hs", "vis", "nir"],
      help: "camera of SMIC (default: the one there is, HS of several)",
    },
    "label-column": {
      type: "string",
      choices: LABEL_COLUMNS,
      default: "valence",
      help: "column of CAS(ME)² that is the label",
    },
    frames: { type: "integer", min: 1, max: 4096, value: "M", help: "frames a clip" },
    size: { type: "integer", min: 1, max: 4096, value: "S", help: "height and width in pixels" },
    channels: { type: "integer", min: 1, max: 3, value: "1|3", help: "grey or colour" },
    input: { type: "string", choices: ["frames", "difference", "flow"], help: "what the network sees" },
    time: { type: "string", choices: ["tim", "linear", "nearest"], help: "how M frames are taken from a clip" },
    config: { type: "string", value: "FILE.json", help: "configuration file, as train takes it" },
    set: { type: "string", value: "KEY=VALUE", multiple: true, help: "one configuration value; may be repeated" },
    check: { type: "boolean", help: "read everything, write only the contact sheet" },
    report: {
      type: "string",
      value: "FILE.html",
      help: "the contact sheet that --check writes (default prepare-check.html)",
    },
    "sheet-clips": {
      type: "integer",
      min: 0,
      value: "N",
      default: 12,
      help: "most micro and macro clips of one class of one database on the contact sheet",
    },
    strict: { type: "boolean", help: "every finding is an error" },
    workers: { type: "integer", min: 0, max: 256, help: "threads that read (default: one a core)" },
    json: { type: "string", value: "FILE|-", help: "write the result as JSON" },
  },
} as const satisfies CommandSpec;

type Values = ParsedFlags<typeof SPEC.flags>["values"];

/** The configuration that train would have to be given; its recipe is what is packed. */
async function configOf(values: Values): Promise<Config> {
  const { frames, size, channels, input, time, set } = values;
  if (channels === 2) throw new UsageError("Cannot use --channels: expected 1 or 3, got 2");
  // Flow has three channels whatever else is said: u, v and strain.
  const inputChannels = channels ?? (input === "flow" ? 3 : undefined);
  let file: unknown = {};
  try {
    if (values.config !== undefined) file = JSON.parse(await Deno.readTextFile(values.config));
  } catch (error) {
    throw new UsageError(`Cannot read --config ${values.config}: ${(error as Error).message.split("\n")[0]}`);
  }
  try {
    return makeConfig({ file, set, flags: { frames, size, inputChannels, input, time } as ConfigInput });
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

/** Where the contact sheet goes. */
function sheetOf({ report }: Values): string {
  return report ?? "prepare-check.html";
}

/** Every place is looked at before the work of minutes begins. */
async function checkPlaces(values: Values, sources: readonly DataSource[]): Promise<string> {
  for (const { root, annotations } of sources) {
    for (const [flag, path] of [["root", root], ["annotations", annotations]] as const) {
      if (path === null || sources.some(({ dataset }) => dataset === "synthetic" && path === root)) continue;
      if (await Deno.stat(path).catch(() => null) === null) {
        throw new UsageError(`Cannot use --${flag} ${path}: no such file or folder`);
      }
    }
  }
  if (values.check) {
    await checkFilePlace(sheetOf(values));
    return "";
  }
  const { out } = values;
  if (values.report !== undefined) {
    throw new UsageError("Cannot use --report without --check: only the check writes a contact sheet");
  }
  if (out === undefined) throw new UsageError("Cannot go on without --out FILE.safetensors (or --check)");
  if (!out.endsWith(".safetensors")) {
    throw new UsageError(`Cannot use --out ${out}: expected a name that ends in .safetensors`);
  }
  await checkFilePlace(out);
  return out;
}

/** The flags with which train makes the same recipe. */
function trainFlags(values: Values): string {
  const { frames, size, channels, input, time, config, set } = values;
  const settings = Object.entries({
    frames,
    size,
    inputChannels: channels ?? (input === "flow" ? 3 : undefined),
    input,
    time,
  })
    .filter(([, value]) => value !== undefined).map(([key, value]) => `${key}=${value}`);
  return [
    ...(config === undefined ? [] : ["--config", quoted(config)]),
    ...[...set, ...settings].flatMap((setting) => ["--set", quoted(setting)]),
  ].join(" ");
}

/** A model's name after a packed file, so that two data sets' models do not replace each other. */
function modelName(out: string): string {
  const name = basename(out, ".safetensors").replaceAll(/[^A-Za-z0-9._-]+/g, "-").slice(0, 100);
  return /[A-Za-z0-9]/.test(name) ? name : "own";
}

/** The first ten lines of many. */
function sayList(title: string, lines: readonly string[], output: Output): void {
  if (lines.length > 0) output.say(`\n${title}:`);
  for (const line of lines.slice(0, 10)) output.say(`  ${line}`);
  if (lines.length > 10) output.say(`  and ${lines.length - 10} more (--json FILE lists all)`);
}

/** Says what readers noticed, and what the label set leaves out. */
function sayFindings({ findings, notes, leftOut }: PreparedClips, output: Output): void {
  const left = leftOut.map(({ database, label, reason, count }) => `${database} ${label}: ${count} (${reason})`);
  const clips = leftOut.reduce((sum, { count }) => sum + count, 0);
  sayList(`${plural(clips, "clip")} left out by the label set`, left, output);
  const found = [...findings.values()].flat().map(({ file, line, message }) =>
    `${file}${line === null ? "" : `, row ${line}`}: ${message}`
  );
  sayList(plural(found.length, "finding"), found, output);
  if (notes.length > 0) output.say();
  for (const note of notes) output.say(`Note: ${note}`);
}

/** What `--strict` makes of findings. */
function strictError({ findings }: PreparedClips): Error | undefined {
  const count = [...findings.values()].flat().length;
  return count === 0
    ? undefined
    : new Error(`Cannot accept ${plural(count, "finding")} with --strict; they are listed above`);
}

function listFindings({ findings }: PreparedClips) {
  return [...findings].flatMap(([database, list]) => list.map((finding) => ({ database, ...finding })));
}

interface Work {
  readonly values: Values;
  readonly prepared: PreparedClips;
  readonly recipe: Recipe;
  readonly signal: AbortSignal;
  readonly output: Output;
}

/** Frames a second for the progress bar. */
function speed(begun: number, frames: number): string {
  return frames === 0 ? "" : `${Math.round(1000 * frames / (performance.now() - begun))} frames/s`;
}

/** What was read, with what decoding has shown beside the readers' findings. */
function readThrough(prepared: PreparedClips, facts: readonly (ClipFacts | null)[]): PreparedClips {
  return { ...prepared, findings: clipFindings(prepared.entries, facts, prepared.findings) };
}

async function check({ values, prepared: listed, recipe, signal, output }: Work): Promise<number> {
  const { entries } = listed;
  const begun = performance.now();
  const bars = createBars();
  const shown = pickSheetClips(entries, values["sheet-clips"]);
  const checked = await checkClips(entries, recipe, {
    ...(values.workers !== undefined && { workers: values.workers }),
    signal,
    pictures: new Set(shown),
    onProgress: (done, total, frames) => bars.update("Checking", done, total, speed(begun, frames)),
  }).finally(bars.finish);
  const prepared = readThrough(listed, checked.map(({ facts }) => facts));
  const { findings } = prepared;
  const summaries = summarizeClips(entries, checked.map(({ facts }) => facts), findings);
  await writeFileAtomic(
    sheetOf(values),
    renderContactSheet({ recipe, summaries, entries, checked, findings, shown }),
  );
  for (const line of clipTable(summaries)) output.say(line);
  sayFindings(prepared, output);
  const broken = checked.flatMap(({ error }) => (error === null ? [] : [error]));
  sayList(`${plural(broken.length, "clip")} cannot be read`, broken, output);
  const frames = checked.reduce((sum, { facts }) => sum + (facts?.frames ?? 0), 0);
  const seconds = (performance.now() - begun) / 1000;
  output.say(
    `\nRead ${plural(entries.length - broken.length, "clip")}, ${plural(frames, "frame")} in ${
      formatSeconds(seconds)
    }.`,
  );
  output.say(`Look at ${sheetOf(values)}: it holds faces, which are personal data.`);
  const strict = values.strict ? strictError(prepared) : undefined;
  if (broken.length === 0 && !strict) {
    output.say(`Next: the same command with --out ${quoted(values.out ?? "clips.safetensors")} in place of --check`);
  }
  await output.json({
    recipe,
    databases: summaries,
    findings: listFindings(prepared),
    leftOut: prepared.leftOut,
    notes: prepared.notes,
    clips: entries.map(({ id, database, subject, label, kind, actionUnits = null, file, line }, i) => ({
      ...{ id, database, subject, label, kind, actionUnits, file, line },
      ...{ facts: checked[i]!.facts, error: checked[i]!.error },
    })),
    seconds,
  });
  if (strict) throw strict;
  return broken.length > 0 ? 1 : 0;
}

async function pack({ values, prepared: listed, recipe, signal, output }: Work, out: string): Promise<void> {
  const { entries } = listed;
  const strict = values.strict ? strictError(listed) : undefined;
  if (strict) {
    sayFindings(listed, output);
    throw strict;
  }
  const begun = performance.now();
  const bars = createBars();
  let kept = 0;
  let read = 0;
  const summary = await packClips(entries, recipe, out, {
    ...(values.workers !== undefined && { workers: values.workers }),
    signal,
    strict: values.strict,
    metadata: { provenance: JSON.stringify(listed.provenance) },
    onStatus: (message) => bars.line(message),
    onProgress(done, total, frames) {
      [kept, read] = [done, frames];
      bars.update("Packing", done, total, speed(begun, frames));
    },
  }).catch((error) => {
    bars.finish();
    if (signal.aborted) {
      output.say(`Stopped, ${kept} of ${plural(entries.length, "clip")} kept; the same command continues`);
    }
    throw error;
  }).finally(bars.finish);
  const prepared = readThrough(listed, summary.facts);
  const summaries = summarizeClips(entries, summary.facts, prepared.findings);
  for (const line of clipTable(summaries)) output.say(line);
  sayFindings(prepared, output);
  const seconds = (performance.now() - begun) / 1000;
  const { clips, subjects, classes, bytes, digest } = summary;
  output.say(
    `\nWrote ${out}: ${plural(clips, "clip")}, ${plural(subjects.length, "subject")}, ` +
      `${plural(classes.length, "class")}, ${(bytes / 1e6).toFixed(1)} MB`,
  );
  output.say(
    `  took ${formatSeconds(seconds)}, ${Math.round(read / seconds)} frames a second, at most ` +
      `${(peakRss() / 1e6).toFixed(0)} MB resident`,
  );
  output.say(
    `Next:\n  ${taskWords()} train --data ${quoted(out)} --name ${modelName(out)} ${trainFlags(values)}`.trimEnd(),
  );
  await output.json({
    out,
    bytes,
    digest,
    recipe,
    classes,
    subjects,
    databases: summaries,
    findings: listFindings(prepared),
    leftOut: prepared.leftOut,
    notes: prepared.notes,
    seconds,
    framesRead: read,
  });
}

async function main({ values, order }: ParsedFlags<typeof SPEC.flags>, signal: AbortSignal): Promise<number> {
  const sources = dataSources(order);
  const config = await configOf(values);
  const out = await checkPlaces(values, sources);
  const output = await openOutput(values.json);
  const bars = createBars();
  const prepared = await readClips(sources, {
    labels: values.labels,
    config,
    reading: { ...(values.camera && { camera: values.camera }), labelColumn: values["label-column"] },
    signal,
    onProgress: (done, total) => bars.update("Rendering clips", done, total),
  }).catch((error) => {
    bars.finish();
    if (signal.aborted) output.say("Stopped while rendering; nothing was written");
    throw error;
  }).finally(bars.finish);
  const { recipeOf } = await import("../lib/inference/mod.ts");
  const work = { values, prepared, recipe: recipeOf(config), signal, output };
  if (values.check) return await check(work);
  await pack(work, out);
  return 0;
}

if (import.meta.main) Deno.exit(await runCommand(SPEC, main));
