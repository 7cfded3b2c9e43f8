import { join } from "@std/path";
import { encode } from "fast-png";
import type { ClipEntry, Recipe } from "../../../lib/data/mod.ts";

export const RECIPE: Recipe = { frames: 3, size: 4, channels: 1, input: "frames", time: "linear" };

/** A folder that goes when the test is over. */
export async function tempFolder(): Promise<{ readonly path: string; [Symbol.asyncDispose](): Promise<void> }> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** A grey PNG of one value. */
export function greyPng(value: number, side = 4): Uint8Array {
  return encode({ width: side, height: side, channels: 1, data: new Uint8Array(side * side).fill(value) });
}

/** Writes n clips of four frames, whose grey values tell clip and frame; every second one is a surprise. */
export async function writeClips(folder: string, n: number): Promise<ClipEntry[]> {
  const entries: ClipEntry[] = [];
  for (let i = 0; i < n; i++) {
    const path = join(folder, "frames", `c${i}`);
    await Deno.mkdir(path, { recursive: true });
    for (let f = 1; f <= 4; f++) await Deno.writeFile(join(path, `img${f}.png`), greyPng((7 * i + 30 * f) % 256));
    entries.push({
      ...{ id: `c${i}`, database: "demo", subject: `s${i % 3}`, label: i % 2 === 0 ? "happy" : "surprise" },
      ...{ kind: "micro" as const, path, onset: 1, apex: 3, offset: 4, fps: 100 },
      ...{ file: join(folder, "manifest.csv"), line: i + 2 },
    });
  }
  return entries;
}

/** Writes the manifest of such clips. */
export async function writeManifest(folder: string, entries: readonly ClipEntry[]): Promise<string> {
  const rows = entries.map(({ id, database, subject, label, kind, onset, apex, offset, fps }) =>
    [id, database, subject, label, kind, `frames/${id}`, onset, apex, offset, fps].join()
  );
  const path = join(folder, "manifest.csv");
  await Deno.writeTextFile(
    path,
    ["id,database,subject,label,kind,path,onset,apex,offset,fps", ...rows, ""].join("\n"),
  );
  return path;
}

/** The names of a folder, sorted. */
export async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  return names.sort();
}
