import { join } from "@std/path";
import type { Config } from "../lib/config/mod.ts";
import { readManifest } from "../lib/data/mod.ts";
import { syntheticFolder, type TrainedModel } from "../lib/training/mod.ts";
import { gainText } from "./_lib/gain_text.ts";
import type { Output } from "./_lib/json_out.ts";
import { plural } from "./_lib/plural.ts";
import { quoted, taskWords } from "./_lib/shell_words.ts";

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** Says what a run reached. */
export function sayResults(run: TrainedModel, baseline: TrainedModel | undefined, output: Output): void {
  const { accuracy, uf1, uar, shots, subjects } = run.evaluation;
  const [one, many] = run.card.config.shuffleLabels
    ? ["1 task of held-out subjects", "tasks of held-out subjects"]
    : ["1 held-out subject", "held-out subjects"];
  output.say(
    `\n${subjects.length === 1 ? one : `${subjects.length} ${many}`}, up to ${
      plural(shots, "calibration clip")
    } a class:`,
  );
  output.say(`  accuracy  ${percent(accuracy.before)} before, ${percent(accuracy.after)} after calibration`);
  output.say(`  gain      ${gainText(accuracy.gain, run.card.config.shuffleLabels ? "tasks" : "subjects")}`);
  output.say(
    `  UF1       ${percent(uf1.before)} → ${percent(uf1.after)}    UAR ${percent(uar.before)} → ${percent(uar.after)}`,
  );
  if (baseline) {
    const { before, after } = baseline.evaluation.accuracy;
    output.say(
      `  supervised, same number of steps: ${percent(before)} without calibration, ${percent(after)} fine-tuned`,
    );
  }
}

const URL = "http://127.0.0.1:8000/v1";

const curl = (type: string, path: string) =>
  `curl -s -w '\\n' --data-binary @- -H 'Content-Type: ${type}' ${URL}/${path}`;

/** Says where the model is, and how to get back the one that it replaces. */
export function sayModel(run: TrainedModel, store: string, replaces: string | null, output: Output): void {
  output.say(`\nModel ${run.name} ${run.version} is in ${store}.`);
  if (replaces === null) return;
  output.say(`It replaces ${replaces} as stable. While serve runs, this goes back:`);
  output.say(
    `  curl -X PUT -H 'Content-Type: application/json' -d '{"version": "${replaces}"}' ` +
      `${URL}/models/${run.name}/aliases/stable`,
  );
  output.say("Another --name keeps models apart.");
}

/** An id that the functions accept, from a subject's name. */
export function subjectId(name: string): string {
  const id = name.replaceAll(/[^A-Za-z0-9._-]+/g, "-").slice(0, 128);
  return /[A-Za-z0-9]/.test(id) ? id : "subject-1";
}

/** The first held-out subject of a manifest of whom a clip is left after K a class, with the largest such K. */
async function subjectToShow(
  manifest: string,
  heldout: readonly string[],
  shots: number,
): Promise<{ subject: string; k: number } | null> {
  const rows = (await readManifest(manifest)).filter(({ kind }) => kind === "micro");
  for (const subject of heldout) {
    const counts = new Map<string, number>();
    for (const row of rows) {
      if (`${row.database}/${row.subject}` === subject) counts.set(row.label, (counts.get(row.label) ?? 0) + 1);
    }
    const most = Math.max(0, ...counts.values());
    if (most > 1) return { subject, k: Math.min(shots, most - 1) };
  }
  return null;
}

/** The flags with which serve finds a model, given what its variables say. */
export function serveFlags(
  { store, name }: { readonly store: string; readonly name: string },
  env: (name: string) => string | undefined,
): string[] {
  return [
    ...(store === (env("LIGHTMAN_STORE") ?? "file:./store") ? [] : ["--store", quoted(store)]),
    ...(name === (env("LIGHTMAN_MODEL") ?? "lightman") ? [] : ["--model", name]),
  ];
}

/** The command that trains the model that serve waits for; `train` reads no variables. */
export function trainCommand({ store, model }: { readonly store: string; readonly model: string }): string {
  return [
    ...[taskWords(), "train"],
    ...(store === "file:./store" || store === "memory:" ? [] : ["--store", quoted(store)]),
    ...(model === "lightman" ? [] : ["--name", model]),
  ].join(" ");
}

/**
 * The lines that a newcomer types next: serve, calibrate a held-out subject, predict with its own weights.
 *
 * @param run The run.
 * @param config Its configuration as it was asked for.
 * @param serve Flags of serve.
 * @returns Lines.
 */
export async function nextCommands(run: TrainedModel, config: Config, serve: readonly string[]): Promise<string[]> {
  const task = taskWords();
  const lines = ["Next:", `  ${[task, "serve", ...serve].join(" ")}`];
  const { heldout, train } = run.subjects;
  const packed = config.data.endsWith(".safetensors");
  const manifest = config.data === "synthetic" ? join("data", syntheticFolder(config), "manifest.csv") : config.data;
  const shown = packed ? null : await subjectToShow(manifest, heldout, run.evaluation.shots).catch(() => null);
  const bodies = (path: string) => curl("application/json", path);
  if (shown === null) {
    const why = packed ? `${config.data} is packed; a request carries the pictures it was made from` : "with pictures";
    return [
      ...lines,
      `  then, in another terminal (${why}), calibrate ID with a folder a clip, and predict:`,
      `  ${task} clips FOLDER-1 FOLDER-2 --label ${quoted(run.card.classes[0]!)} --label ${
        quoted(run.card.classes[1] ?? run.card.classes[0]!)
      } | \\`,
      `    ${bodies("subjects/ID/calibrations")}`,
      `  ${task} clips FOLDER-3 --as ID | \\`,
      `    ${bodies("predict")}`,
    ];
  }
  const { subject, k } = shown;
  const name = subject.slice(subject.indexOf("/") + 1);
  const alone = [...heldout, ...train].filter((one) => one.slice(one.indexOf("/") + 1) === name).length === 1;
  const id = subjectId(alone ? name : subject);
  const clips = `${task} clips --manifest ${quoted(manifest)} --subject ${quoted(alone ? name : subject)}`;
  return [
    ...lines,
    `  then, in another terminal, calibrate ${id} and predict a clip that the calibration has not seen:`,
    `  ${clips} --shots ${k} | \\`,
    `    ${bodies(`subjects/${id}/calibrations`)}`,
    `  ${clips} --skip ${k} --shots 1 --as ${id} | \\`,
    `    ${bodies("predict")}`,
  ];
}
