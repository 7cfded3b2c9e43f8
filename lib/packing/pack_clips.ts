import { createHash } from "node:crypto";
import { basename, dirname, join } from "@std/path";
import { type ClipEntry, indexEntries, type PackedHead, packedHead, type Recipe } from "../data/mod.ts";
import { layoutSafetensors, type SafetensorsLayout } from "../storage/mod.ts";
import type { ClipJob } from "./_clip_jobs.ts";
import { runClipJobs } from "./_clip_pool.ts";
import { formatBytes, freeBytes, isFull, readAt, writeAt } from "./_disk.ts";
import { appendJournal, type PackedClip, readJournal, startJournal } from "./_journal.ts";
import { APEX_SOURCES, type ClipFacts } from "./clip_facts.ts";

/** Options of {@linkcode packClips}. */
export interface PackClipsOptions {
  /** Threads that read; 0: the caller's own. @default {navigator.hardwareConcurrency} */
  readonly workers?: number;
  /** Stops the pack; what was written is kept for the next one. */
  readonly signal?: AbortSignal;
  /** A clip whose frames have several sizes is an error. @default {false} */
  readonly strict?: boolean;
  /** Further strings for the file's metadata: where the clips come from, say. Nothing that changes by itself. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Called after each clip: clips that are in the file, clips of the whole, frames read so far by this call. */
  readonly onProgress?: (done: number, total: number, frames: number) => void;
  /** Told in a sentence that an interrupted pack is continued, or cannot be. */
  readonly onStatus?: (message: string) => void;
}

/** What {@linkcode packClips} has done. */
export interface PackSummary {
  readonly clips: number;
  /** Clips that an earlier, interrupted pack had written. */
  readonly kept: number;
  /** Size of the file in bytes. */
  readonly bytes: number;
  readonly classes: readonly string[];
  readonly subjects: readonly string[];
  /** What was found in each clip, in the order of the entries. */
  readonly facts: readonly ClipFacts[];
  /** Stands for the content of the clips; also in the file's metadata. */
  readonly digest: string;
}

/** Where the apex of each clip comes from, `[n]`. */
function apexesOf(facts: readonly ClipFacts[]): Uint8Array {
  return Uint8Array.from(facts, ({ apexSource }) => APEX_SOURCES.indexOf(apexSource));
}

/** What coders wrote of each clip, `[n]`, as it stands there; nothing where no clip has any. */
function unitsOf(entries: readonly ClipEntry[]): { actionUnits?: string } {
  const units = entries.map(({ actionUnits = null }) => actionUnits);
  return units.every((text) => text === null) ? {} : { actionUnits: JSON.stringify(units) };
}

/** The file but for its data. Its length does not depend on the digest, which is known last. */
function layoutOf(head: PackedHead, extra: Readonly<Record<string, string>>, digest: string): SafetensorsLayout {
  const tensors = { ...head.tensors, clips: head.clips, apexes: { dtype: "U8", shape: head.clips.shape.slice(0, 1) } };
  return layoutSafetensors(tensors as Parameters<typeof layoutSafetensors>[0], {
    ...extra,
    ...head.metadata,
    apexes: JSON.stringify(APEX_SOURCES),
    digest,
  });
}

function sha256(...parts: (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** One pack's files: the target, and beside it the file in work and its journal. */
interface Places {
  readonly target: string;
  readonly partial: string;
  readonly journal: string;
}

/** Everything that a pack's steps share. */
interface Pack extends Places {
  readonly jobs: readonly ClipJob[];
  readonly file: Deno.FsFile;
  /** First byte of the clips, bytes of one. */
  readonly offset: number;
  readonly clipBytes: number;
  readonly workers: number;
  readonly signal: AbortSignal | undefined;
}

/** Those clips of an interrupted pack that are whole and whose files have not been touched since. */
async function goodClips(pack: Pack, noted: ReadonlyMap<number, PackedClip>): Promise<Map<number, PackedClip>> {
  const bytes = new Uint8Array(pack.clipBytes);
  const whole = [...noted.values()].filter(({ index, sha256: expected, facts }) =>
    index < pack.jobs.length && (facts.sizes === 1 || !pack.jobs[index]!.strict) &&
    readAt(pack.file, pack.offset + index * pack.clipBytes, bytes) &&
    sha256(bytes) === expected
  );
  const good = new Map<number, PackedClip>();
  await runClipJobs(whole.map(({ index }) => ({ ...pack.jobs[index]!, what: "stamp" })), {
    workers: pack.workers,
    signal: pack.signal,
    onResult({ stamp }, i) {
      if (stamp === whole[i]!.stamp) good.set(whole[i]!.index, whole[i]!);
    },
    onFailure() {}, // its files are gone: the clip is read again, and that says so
  });
  return good;
}

/** Says what to do about a full disk, else gives the error back. */
function writeError(error: unknown, { partial }: Places, done: number, total: number): unknown {
  if (!isFull(error)) return error;
  return new Error(
    `Cannot write ${partial}: the disk is full; make room and give the same command again, ` +
      `${done} of ${total} clips are kept`,
    { cause: error },
  );
}

/**
 * Packs clips into one safetensors file.
 *
 * Clips are read and preprocessed by as many threads as asked for and written to their places as they come, so that
 * memory holds a clip a thread, however many there are, and the file's bytes depend on entries and recipe alone. The
 * work goes on in `.NAME.partial` beside the target, which takes the target's name once it is whole: nothing half-written
 * is ever seen there. After an interruption, a crash or a full disk, the same call continues: a journal keeps a checksum
 * of each clip and the state of its frames' files; clips that do not agree any more are read again.
 *
 * Beside what {@linkcode packedHead} lays out, the file has the tensor `apexes` with its metadata, `digest`, and, where
 * clips have any, `actionUnits`: a JSON list of one string or null a clip.
 *
 * @param entries The clips, with the labels that become the classes; ids must differ.
 * @param recipe How each becomes `[M, H, W, C]`.
 * @param outPath The file.
 * @param options Threads, progress, cancellation, further metadata.
 * @returns What is in the file.
 * @throws {RangeError} When there is no clip, an id comes twice, or a clip cannot be cut as its row says.
 * @throws {SyntaxError} When a picture is broken. Messages name the annotation file, line and clip, and the picture.
 * @throws {Error} When the disk is full, or has less room than the file needs; the target is untouched.
 * @throws The signal's reason, when it was aborted.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { encode } from "fast-png";
 * import { packClips } from "./mod.ts";
 * const folder = await Deno.makeTempDir();
 * await Deno.writeFile(`${folder}/1.png`, encode({ width: 1, height: 1, channels: 1, data: Uint8Array.of(9) }));
 * const entry = {
 *   id: "c1", database: "demo", subject: "s1", label: "happy", kind: "micro", path: `${folder}/1.png`,
 *   onset: null, apex: null, offset: null, fps: null, file: "demo.csv", line: 2,
 * } as const;
 * const recipe = { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" } as const;
 * const { clips, classes } = await packClips([entry], recipe, `${folder}/demo.safetensors`, { workers: 0 });
 * assertEquals([clips, classes], [1, ["happy"]]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function packClips(
  entries: readonly ClipEntry[],
  recipe: Recipe,
  outPath: string,
  options: PackClipsOptions = {},
): Promise<PackSummary> {
  const { workers = navigator.hardwareConcurrency, signal, strict = false, metadata = {}, onProgress, onStatus } =
    options;
  signal?.throwIfAborted();
  const indexed = indexEntries(entries, `pack ${outPath}`);
  const head = packedHead({ ...indexed, recipe });
  const extra = { ...metadata, ...unitsOf(entries) };
  const layout = layoutOf(head, extra, "0".repeat(64));
  const beside = (suffix: string) => join(dirname(outPath), `.${basename(outPath)}.${suffix}`);
  const places: Places = { target: outPath, partial: beside("partial"), journal: beside("journal") };
  const key = sha256(
    layout.header,
    JSON.stringify(
      entries.map(({ path, onset, apex, offset, crop = null, kind }) => [path, onset, apex, offset, crop, kind]),
    ),
  );
  await checkRoom(places, layout.size);
  using file = await openPartial(places);
  let noted = readJournal(places.journal, key);
  if (noted === "other") {
    onStatus?.("An interrupted pack of other clips or another recipe is there; this one starts anew");
    noted = null;
  }
  if (noted === null) await file.truncate(0);
  const pack: Pack = {
    ...places,
    file,
    jobs: entries.map((entry) => ({ entry, recipe, what: "read", all: false, pictures: false, strict })),
    offset: layout.places.clips!.offset,
    clipBytes: layout.places.clips!.length / entries.length,
    workers,
    signal,
  };
  const good = noted === null ? new Map<number, PackedClip>() : await goodClips(pack, noted);
  if (noted !== null) {
    const again = noted.size - good.size;
    onStatus?.(
      `Continuing an interrupted pack: ${good.size} of ${entries.length} clips are there` +
        (again > 0 ? `, ${again} changed since and are read again` : ""),
    );
  }
  const facts: (ClipFacts | undefined)[] = entries.map((_, i) => good.get(i)?.facts);
  const hashes = entries.map((_, i) => good.get(i)?.sha256 ?? "");
  const todo = entries.flatMap((_, i) => (good.has(i) ? [] : [i]));
  let done = good.size;
  let frames = 0;
  try {
    await file.truncate(layout.size);
    startJournal(places.journal, key, good.values());
    onProgress?.(done, entries.length, frames);
    await runClipJobs(todo.map((i) => pack.jobs[i]!), {
      workers,
      signal,
      onResult({ stamp, clip }, at) {
        const index = todo[at]!;
        writeAt(file, pack.offset + index * pack.clipBytes, clip!.bytes);
        appendJournal(places.journal, { index, stamp, sha256: clip!.sha256, facts: clip!.facts });
        facts[index] = clip!.facts;
        hashes[index] = clip!.sha256;
        frames += clip!.facts.frames;
        onProgress?.(++done, entries.length, frames);
      },
      onFailure(error) {
        throw error;
      },
    });
    const digest = sha256(...hashes);
    finish(file, layoutOf(head, extra, digest), head, apexesOf(facts as ClipFacts[]));
    await Deno.rename(places.partial, outPath);
    await Deno.remove(places.journal);
    return {
      clips: entries.length,
      kept: good.size,
      bytes: layout.size,
      classes: indexed.classes,
      subjects: indexed.subjectNames,
      facts: facts as ClipFacts[],
      digest,
    };
  } catch (error) {
    throw writeError(error, places, done, entries.length);
  }
}

/** Opens the file in work, for this pack alone. */
async function openPartial({ target, partial }: Places): Promise<Deno.FsFile> {
  const file = await Deno.open(partial, { read: true, write: true, create: true });
  const alone = await file.tryLock(true);
  // Whoever held the lock may have given the file its final name meanwhile: that one is not to be written to.
  const [held, named] = await Promise.all([file.stat(), Deno.stat(partial).catch(() => null)]);
  if (alone && named !== null && named.ino === held.ino) return file;
  file.close();
  throw new Error(`Cannot pack ${target}: expected to be the only one, another pack is at work on it`);
}

/** Fails before the first frame is read when the file will not fit. */
async function checkRoom({ target, partial }: Places, size: number): Promise<void> {
  const folder = dirname(target);
  const free = await freeBytes(folder);
  const there = await Deno.stat(partial).then(({ blocks }) => 512 * (blocks ?? 0), () => 0);
  if (free !== null && free + there < size) {
    throw new Error(
      `Cannot write ${target}: expected ${formatBytes(size)} of room in ${folder}, got ${formatBytes(free + there)}`,
    );
  }
}

/** Writes all but the clips, and has the system bring everything to the disk. */
function finish(file: Deno.FsFile, layout: SafetensorsLayout, head: PackedHead, apexes: Uint8Array): void {
  writeAt(file, 0, layout.header);
  for (const [name, { data }] of [...Object.entries(head.tensors), ["apexes", { data: apexes }] as const]) {
    writeAt(file, layout.places[name]!.offset, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  file.syncSync();
}
