import { type ClipEntry, readFrames, readManifest } from "../lib/data/mod.ts";
import { checkSubjectId } from "../lib/storage/mod.ts";
import type { CommandSpec, ParsedFlags } from "./_lib/args.ts";
import { runCommand } from "./_lib/run_command.ts";
import { UsageError } from "./_lib/usage_error.ts";

const SPEC = {
  command: "clips",
  summary: "Prints the JSON body of a calibration or prediction, for frame folders or for rows of a manifest.",
  positionals: "FOLDER",
  flags: {
    label: { type: "string", multiple: true, help: "Class: one for all folders, or one each, in their order" },
    kind: { type: "string", choices: ["micro", "macro"], default: "micro", help: "What the folders show" },
    crop: { type: "string", value: "X,Y,W,H", help: "Face box in pixels, for all frames; else a row's own" },
    manifest: { type: "string", value: "FILE", help: "Take clips from a manifest instead of folders" },
    subject: { type: "string", value: "SUBJECT", help: "With --manifest: whose clips, SUBJECT or DATABASE/SUBJECT" },
    shots: { type: "integer", min: 1, default: 5, help: "With --manifest: micro clips a class, the first in the file" },
    skip: { type: "integer", min: 0, default: 0, help: "With --manifest: micro clips a class to pass over first" },
    macro: { type: "integer", min: 0, default: 0, help: "With --manifest: macro clips a class to add" },
    as: { type: "string", value: "ID", help: "Adds the field subject, to predict with that subject's calibration" },
    model: { type: "string", value: "NAME", help: "Adds the field model" },
  },
} as const satisfies CommandSpec;

type Flags = ParsedFlags<typeof SPEC.flags>["values"];

/** One clip of the body. */
interface Clip {
  readonly frames: string[];
  readonly label?: string;
  readonly kind: "micro" | "macro";
  readonly crop?: readonly number[];
  readonly apex?: number;
  readonly offset?: number;
}

/** A clip's pictures from onset to offset, as they lie on the disk, and what is known of apex and offset. */
async function encodeFrames(
  path: string,
  marks: Pick<ClipEntry, "onset" | "apex" | "offset">,
): Promise<Pick<Clip, "frames" | "apex" | "offset">> {
  const { paths, apex } = await readFrames(path, marks);
  const frames = await Promise.all(paths.map(async (file) => (await Deno.readFile(file)).toBase64()));
  return { frames, ...(apex !== null && { apex }), ...(marks.offset !== null && { offset: frames.length - 1 }) };
}

function readCrop(text: string | undefined): number[] | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+,\d+,\d+,\d+$/.test(text)) throw new UsageError(`Cannot use --crop: expected X,Y,W,H, got "${text}"`);
  return text.split(",").map(Number);
}

async function clipsOfFolders(folders: readonly string[], values: Flags): Promise<Clip[]> {
  const { label: labels, kind } = values;
  if (labels.length > 1 && labels.length !== folders.length) {
    throw new UsageError(`Cannot use --label: expected one, or one for each of ${folders.length} folders`);
  }
  const crop = readCrop(values.crop);
  return await Promise.all(folders.map(async (folder, i) => {
    const label = labels[i] ?? labels[0];
    const frames = await encodeFrames(folder, { onset: null, apex: null, offset: null });
    return { ...frames, ...(label !== undefined && { label }), kind, ...(crop && { crop }) };
  }));
}

/** The first `count` of each class after `skip`, in file order. */
function pick(rows: readonly ClipEntry[], kind: ClipEntry["kind"], skip: number, count: number): ClipEntry[] {
  const seen = new Map<string, number>();
  return rows.filter((row) => {
    if (row.kind !== kind) return false;
    const n = seen.get(row.label) ?? 0;
    seen.set(row.label, n + 1);
    return n >= skip && n < skip + count;
  });
}

async function clipsOfManifest(file: string, values: Flags): Promise<Clip[]> {
  const { subject, shots, skip, macro } = values;
  if (subject === undefined) throw new UsageError("Cannot use --manifest without --subject");
  const all = await readManifest(file);
  const rows = all.filter((row) => row.subject === subject || `${row.database}/${row.subject}` === subject);
  if (rows.length === 0) {
    const names = [...new Set(all.map((row) => row.subject))].join(", ");
    throw new UsageError(`Cannot use --subject "${subject}": ${file} has ${names}`);
  }
  const crop = readCrop(values.crop);
  return await Promise.all(
    [...pick(rows, "micro", skip, shots), ...pick(rows, "macro", 0, macro)].map(async (row) => {
      const { label, kind } = row;
      const box = crop ?? row.crop;
      return { ...await encodeFrames(row.path, row), label, kind, ...(box && { crop: box }) };
    }),
  );
}

/** The functions would refuse another id, after the request is sent. */
function checkAs(id: string): void {
  try {
    checkSubjectId(id);
  } catch (error) {
    throw new UsageError((error as Error).message.replace("subject id", "--as"));
  }
}

/** The request body. */
export async function clipJson(values: Flags, folders: readonly string[]): Promise<Record<string, unknown>> {
  if ((values.manifest === undefined) === (folders.length === 0)) {
    throw new UsageError("Cannot make a request: expected frame folders, or --manifest FILE --subject SUBJECT");
  }
  if (values.as !== undefined) checkAs(values.as);
  const clips = values.manifest === undefined
    ? await clipsOfFolders(folders, values)
    : await clipsOfManifest(values.manifest, values);
  if (clips.length === 0) throw new UsageError("Cannot make a request: no clip is left after --skip");
  return {
    clips,
    ...(values.as !== undefined && { subject: values.as }),
    ...(values.model !== undefined && { model: values.model }),
  };
}

if (import.meta.main) {
  Deno.exit(
    await runCommand(SPEC, async ({ values, positionals }) => {
      console.log(JSON.stringify(await clipJson(values, positionals)));
    }),
  );
}
