/** SHA-256 over the hashes of several pieces, so that it tells where one ends. */
export async function digest(pieces: readonly Uint8Array[]): Promise<string> {
  const hashes = new Uint8Array(32 * pieces.length);
  for (const [i, piece] of pieces.entries()) {
    hashes.set(new Uint8Array(await crypto.subtle.digest("SHA-256", piece as Uint8Array<ArrayBuffer>)), 32 * i);
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", hashes)).toHex();
}
