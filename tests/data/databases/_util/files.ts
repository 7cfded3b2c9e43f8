import { dirname, join } from "@std/path";
import { encode } from "fast-png";
import { bmp, greyJpeg } from "../../_util/pictures.ts";

/** Paths below a root → contents. */
export type Files = Record<string, Uint8Array>;

/** Pictures of 8 × 8 in the format of each database: grey JPEG, colour BMP, colour PNG. */
export const PICTURES = {
  jpg: greyJpeg(),
  bmp: bmp({ width: 8, height: 8, depth: 24 }, new Uint8Array(192).fill(90)),
  png: encode({ width: 8, height: 8, channels: 3, data: new Uint8Array(192).fill(90) }),
} as const;

/** Frames `from..to` of one folder; `name` writes a frame's number. */
export function frames(
  folder: string,
  [from, to]: readonly [number, number],
  name: (number: number) => string,
): Files {
  const files: Files = {};
  for (let number = from; number <= to; number++) {
    const file = name(number);
    files[`${folder}/${file}`] = PICTURES[file.slice(file.lastIndexOf(".") + 1).toLowerCase() as keyof typeof PICTURES];
  }
  return files;
}

/** A file system in memory, where there is one: folders by the thousand are slow on disk. */
const MEMORY = await Deno.stat("/dev/shm").then(
  ({ isDirectory }) => isDirectory ? "/dev/shm" : undefined,
  () => undefined,
);

/**
 * Writes files into a fresh folder, runs the body with it, and removes it. Files with the same bytes are hard links:
 * thousands of frames cost little.
 */
export async function withFiles<T>(files: Files, body: (root: string) => Promise<T>): Promise<T> {
  const root = await Deno.makeTempDir(MEMORY === undefined ? {} : { dir: MEMORY });
  try {
    const written = new Map<Uint8Array, string>();
    const folders = new Set<string>();
    for (const [name, bytes] of Object.entries(files)) {
      const path = join(root, name);
      if (!folders.has(dirname(path))) Deno.mkdirSync(dirname(path), { recursive: true });
      folders.add(dirname(path));
      const first = written.get(bytes);
      if (first === undefined) Deno.writeFileSync(path, bytes);
      else Deno.linkSync(first, path);
      written.set(bytes, first ?? path);
    }
    return await body(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** UTF-8. */
export const text = (value: string) => new TextEncoder().encode(value);

/** Numbers with zeros in front. */
export const pad = (number: number, digits: number) => String(number).padStart(digits, "0");

/** `{a: 2, b: 1}` → `a, a, b`. */
export function spread(counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts).flatMap(([name, count]) => new Array<string>(count).fill(name));
}
