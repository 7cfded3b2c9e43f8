import { statfs } from "node:fs/promises";

/** Writes all bytes at a place of a file. */
export function writeAt(file: Deno.FsFile, offset: number, bytes: Uint8Array): void {
  file.seekSync(offset, Deno.SeekMode.Start);
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(file.writeSync(rest));
}

/** Reads exactly `bytes.length` bytes at a place; false at the file's end. */
export function readAt(file: Deno.FsFile, offset: number, bytes: Uint8Array): boolean {
  file.seekSync(offset, Deno.SeekMode.Start);
  for (let rest = bytes; rest.length > 0;) {
    const read = file.readSync(rest);
    if (read === null) return false;
    rest = rest.subarray(read);
  }
  return true;
}

/** Whether an error says that the disk, the quota or the largest allowed file is full. */
export function isFull(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return ["ENOSPC", "EDQUOT", "EFBIG"].includes(code ?? "") ||
    /no space left|quota exceeded|file too large/i.test(message ?? "");
}

/** Bytes free for this user in a folder's file system; null where the system does not say. */
export async function freeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** Bytes as people read them: `4.2 GB`. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return power === 0 ? `${bytes} bytes` : `${(bytes / 1000 ** power).toFixed(1)} ${units[power]}`;
}
