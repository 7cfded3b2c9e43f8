import { join } from "@std/path";
import { type Config, configSchema } from "../../../lib/config/mod.ts";
import { type ClipSet, encodePacked, type LoadedClipSet } from "../../../lib/data/mod.ts";
import { createRandom } from "../../../lib/random/mod.ts";
import { encodeSafetensors, memoryStore, type ObjectStore } from "../../../lib/storage/mod.ts";
import type { TrainingEvent, TrainingOptions } from "../../../lib/training/mod.ts";

const CLASSES = ["negative", "positive", "surprise"];

/** What of a tiny set is to be otherwise. */
export interface TinyClipsOptions {
  /** Subjects; the last is the one that {@linkcode tinyConfig} holds out. Default 3. */
  readonly subjects?: number;
  readonly frames?: number;
  /** Micro clips of a class of a subject. Default 2. */
  readonly micro?: (subject: number, label: number) => number;
  /** Macro clips of a class of each subject. Default 1. */
  readonly macro?: number;
}

/** Clips of 16 × 16 grey pixels: each class moves another patch, each subject in a manner of its own. */
export function tinyClips(options: TinyClipsOptions = {}): LoadedClipSet {
  const { subjects = 3, frames = 2, micro = () => 2, macro = 1 } = options;
  const size = 16;
  const rows = Array.from({ length: subjects }, (_, subject) =>
    CLASSES.flatMap((_, label) => [
      ...Array.from({ length: micro(subject, label) }, () => ({ subject, label, kind: "micro" as const })),
      ...Array.from({ length: macro }, () => ({ subject, label, kind: "macro" as const })),
    ])).flat();
  const clips = new Uint8Array(rows.length * frames * size * size);
  rows.forEach(({ subject, label, kind }, i) => {
    const random = createRandom(0, "tiny", i);
    for (let frame = 0; frame < frames; frame++) {
      const move = (kind === "macro" ? 90 : 40) * frame / Math.max(1, frames - 1);
      for (let pixel = 0; pixel < size * size; pixel++) {
        const inside = Math.floor(pixel / size / 5) === label && pixel % size > 4 + subject;
        const value = 90 + 10 * subject + (inside ? move : 0) + random.range(-8, 8);
        clips[(i * frames + frame) * size * size + pixel] = Math.round(value);
      }
    }
  });
  return {
    recipe: { frames, size, channels: 1, input: frames > 1 ? "difference" : "frames", time: "tim" },
    clips,
    ids: rows.map((_, i) => `c${i}`),
    labels: Int32Array.from(rows, (row) => row.label),
    subjects: Int32Array.from(rows, (row) => row.subject),
    kinds: rows.map((row) => row.kind),
    classes: CLASSES,
    subjectNames: Array.from({ length: subjects }, (_, subject) => `t/s${subject + 1}`),
  };
}

/** A run of a few small steps on {@linkcode tinyClips}. */
export function tinyConfig(data: string, changes: Partial<Config> = {}): Config {
  return configSchema.parse({
    data,
    holdout: ["t/s3"],
    frames: 2,
    size: 16,
    channels: 2,
    decoder: "none",
    shots: 1,
    queries: 1,
    macros: 1,
    outerSteps: 3,
    tasksPerStep: 2,
    checkpointEvery: 2,
    ...changes,
  });
}

/** A fresh folder with packed sets, by file name. */
export async function withSets(
  sets: Readonly<Record<string, ClipSet>>,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, set] of Object.entries(sets)) await writeSet(join(folder, name), set);
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes a packed set. */
export async function writeSet(path: string, set: ClipSet): Promise<void> {
  const { tensors, metadata } = encodePacked(set);
  await Deno.writeFile(path, encodeSafetensors(tensors, metadata));
}

/** Options of a run in memory whose events are kept. */
export function tinyOptions(
  changes: Partial<TrainingOptions> = {},
): TrainingOptions & { readonly store: ObjectStore; readonly events: TrainingEvent[] } {
  const events: TrainingEvent[] = [];
  const { onEvent, ...rest } = changes;
  return {
    store: memoryStore(),
    tenant: "default",
    name: "main",
    runId: "run1",
    workers: 0,
    signal: new AbortController().signal,
    ...rest,
    events,
    onEvent(event) {
      events.push(event);
      onEvent?.(event);
    },
  };
}

/** Options of a run that is interrupted once so many steps are done. */
export function stoppedAt(step: number, changes: Partial<TrainingOptions> = {}): ReturnType<typeof tinyOptions> {
  const controller = new AbortController();
  return tinyOptions({
    ...changes,
    signal: controller.signal,
    onEvent: (event) => event.type === "step" && event.step === step && controller.abort(new Error("stopped")),
  });
}

/** A store that does so many writes and then dies, as a process that is killed, or a disk that is full. */
export function dyingStore(store: ObjectStore, writes: number): ObjectStore {
  let left = writes;
  const spend = (key: string) => {
    if (left-- <= 0) throw new Error(`Cannot write "${key}" to store memory:: No space left on device (os error 28)`);
  };
  return {
    ...store,
    // deno-lint-ignore require-await -- the refusal rejects
    async put(key, bytes) {
      spend(key);
      return store.put(key, bytes);
    },
    // deno-lint-ignore require-await -- the refusal rejects
    async putIfAbsent(key, bytes) {
      spend(key);
      return store.putIfAbsent(key, bytes);
    },
  };
}
