/** SHA-256 in lower-case hexadecimal digits. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  // Web Crypto takes no view on a SharedArrayBuffer.
  const plain = bytes.buffer instanceof ArrayBuffer ? bytes as Uint8Array<ArrayBuffer> : new Uint8Array(bytes);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", plain)).toHex();
}
