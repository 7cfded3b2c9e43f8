import { decodeSafetensors } from "../../lib/storage/mod.ts";
import type { GoldenFile } from "../../lib/verify/mod.ts";

/** Reads one of the project's reference files, of the cases that `keep` picks. */
export async function readGolden(
  name: "ops" | "meta",
  keep: (name: string) => boolean = () => true,
): Promise<GoldenFile> {
  const path = new URL(`../golden/${name}.safetensors`, import.meta.url);
  const { tensors, metadata } = decodeSafetensors(await Deno.readFile(path));
  return { tensors, metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => keep(key))) };
}
