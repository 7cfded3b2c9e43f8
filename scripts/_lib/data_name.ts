import { basename, dirname } from "@std/path";

/** A data set's name: the file's, or its folder's where every data set has a manifest.csv. */
export function dataName(data: string): string {
  return basename(data) === "manifest.csv" ? basename(dirname(data)) || data : basename(data);
}
