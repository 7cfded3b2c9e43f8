/** First bytes of zip, RAR, 7z, gzip, bzip2 and xz files. */
const HEADS = [
  [0x50, 0x4b, 0x03, 0x04],
  [0x50, 0x4b, 0x05, 0x06],
  [0x52, 0x61, 0x72, 0x21],
  [0x37, 0x7a, 0xbc, 0xaf],
  [0x1f, 0x8b],
  [0x42, 0x5a, 0x68],
  [
    0xfd,
    0x37,
    0x7a,
    0x58,
  ],
];

/** Whether a file is a packed archive, by its name or first bytes. */
export function isArchive(path: string, head: Uint8Array): boolean {
  return /\.(zip|rar|7z|tar|tgz|gz|bz2|xz)$/i.test(path) ||
    HEADS.some((bytes) => bytes.every((byte, i) => head[i] === byte));
}
