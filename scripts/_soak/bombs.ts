import { deflateSync } from "node:zlib";
import { crc32 } from "node:zlib";
import type { FuzzRequest } from "./bad_requests.ts";
import { PICTURES } from "./valid_bodies.ts";

/** A request that would cost far more than it weighs, and the answers that are right. */
export interface Bomb extends FuzzRequest {
  readonly what: string;
  readonly statuses: readonly number[];
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  out.set(new TextEncoder().encode(type), 4);
  out.set(data, 8);
  view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)));
  return out;
}

/** A PNG of grey bytes whose header says one thing and whose data another. */
function png(width: number, height: number, data: Uint8Array): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = 8;
  const parts = [
    Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10),
    chunk("IHDR", header),
    chunk("IDAT", data),
    chunk("IEND", new Uint8Array()),
  ];
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

/** A JPEG's first bytes, with a frame header of that size. */
function jpeg(width: number, height: number): Uint8Array {
  const bytes = PICTURES.jpeg!.slice();
  for (let at = 2; at < bytes.length; at += 2 + (bytes[at + 2]! << 8 | bytes[at + 3]!)) {
    if (bytes[at + 1] !== 0xc0) continue;
    new DataView(bytes.buffer).setUint16(at + 5, height);
    new DataView(bytes.buffer).setUint16(at + 7, width);
    return bytes;
  }
  throw new Error("expected a baseline JPEG");
}

function bmp(width: number, height: number): Uint8Array {
  const bytes = PICTURES.bmp!.slice();
  new DataView(bytes.buffer).setInt32(18, width, true);
  new DataView(bytes.buffer).setInt32(22, height, true);
  return bytes;
}

const json = (what: string, body: unknown, statuses: readonly number[]): Bomb => ({
  ...{ what, statuses, method: "POST", path: "/v1/predict" },
  headers: { "Content-Type": "application/json" },
  body: typeof body === "string" ? body : JSON.stringify(body),
});

/** One clip of a picture, so many times. */
const clipOf = (bytes: Uint8Array, count = 1) => {
  const frame = bytes.toBase64();
  return { clips: [{ frames: Array.from({ length: count }, () => frame) }] };
};

function safetensors(what: string, header: string | bigint, data: Uint8Array, statuses: readonly number[]): Bomb {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : new Uint8Array();
  const body = new Uint8Array(8 + text.length + data.length);
  new DataView(body.buffer).setBigUint64(0, typeof header === "bigint" ? header : BigInt(text.length), true);
  body.set(text, 8);
  body.set(data, 8 + text.length);
  const headers = { "Content-Type": "application/vnd.safetensors" };
  return { what, statuses, method: "POST", path: "/v1/predict", headers, body };
}

/** Small requests that claim, or unfold to, what no request may have. */
export function bombs(): Bomb[] {
  const little = deflateSync(new Uint8Array(64));
  const unfolds = deflateSync(new Uint8Array(200 * 2 ** 20), { level: 9 });
  const fits = png(2000, 2000, little);
  const shape = (sizes: readonly number[], bytes: number) =>
    `{"clips":{"dtype":"U8","shape":[${sizes}],"data_offsets":[0,${bytes}]}}`;
  const parts = Array.from(
    { length: 50_000 },
    (_, i) => `--b\r\nContent-Disposition: form-data; name="${i}"\r\n\r\nx\r\n`,
  );
  return [
    json("PNG of 65535 × 65535", clipOf(png(65535, 65535, little)), [413]),
    json("PNG of 2^31 − 1 × 2^31 − 1", clipOf(png(2 ** 31 - 1, 2 ** 31 - 1, little)), [413, 422]),
    json("PNG of 16 × 16 whose data unfolds to 200 MB", clipOf(png(16, 16, unfolds)), [422]),
    json("JPEG of 65535 × 65535", clipOf(jpeg(65535, 65535)), [413]),
    json("BMP of 65535 × 65535", clipOf(bmp(65535, 65535)), [413, 422]),
    json("BMP of 2^31 − 1 × 1", clipOf(bmp(2 ** 31 - 1, 1)), [413, 422]),
    json("33 pictures of 4 megapixels each", clipOf(fits, 33), [413]),
    json("301 frames", clipOf(PICTURES.png!, 301), [413]),
    json("65 clips", { clips: Array.from({ length: 65 }, () => clipOf(PICTURES.png!).clips[0]) }, [413]),
    json("JSON of 5000 levels", `{"clips":${"[".repeat(5000)}${"]".repeat(5000)}}`, [413]),
    json("JSON of a million values", `{"clips":[${"0,".repeat(1_000_000)}0]}`, [413]),
    safetensors("safetensors whose header is 2^60 bytes", 2n ** 60n, new Uint8Array(100), [400, 413]),
    safetensors(
      "safetensors of 64 clips of 300 frames of 512 × 512 × 3, without them",
      shape([64, 300, 512, 512, 3], 64),
      new Uint8Array(64),
      [400, 413],
    ),
    safetensors("safetensors whose shape overflows", shape([2 ** 40, 2 ** 40, 1, 1, 1], 64), new Uint8Array(64), [
      400,
      413,
      422,
    ]),
    safetensors(
      "safetensors with a header of a megabyte",
      shape([1, 1, 8, 8, 1], 64).padEnd(2 ** 20, " "),
      new Uint8Array(64),
      [413],
    ),
    {
      ...{ what: "a form of 50,000 parts", statuses: [400, 413, 422], method: "POST", path: "/v1/predict" },
      headers: { "Content-Type": "multipart/form-data; boundary=b" },
      body: `${parts.join("")}--b--\r\n`,
    },
    {
      ...{ what: "a body of 33 MiB", statuses: [413], method: "POST", path: "/v1/predict" },
      headers: { "Content-Type": "application/json" },
      body: new Uint8Array(33 * 2 ** 20).fill(32),
    },
  ];
}
