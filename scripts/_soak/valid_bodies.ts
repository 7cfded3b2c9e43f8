import { encode as encodePng } from "fast-png";
import { encode as encodeJpeg } from "jpeg-js";
import { encodeSafetensors } from "../../lib/storage/mod.ts";

const SIZE = 16;
const grey = (i: number) => (i * 7) % 251;

/** A bitmap of 24 bits. */
function bmp(): Uint8Array {
  const out = new Uint8Array(54 + 3 * SIZE * SIZE);
  const view = new DataView(out.buffer);
  out.set([0x42, 0x4d]);
  for (const [at, value] of [[2, out.length], [10, 54], [14, 40], [18, SIZE], [22, SIZE]] as const) {
    view.setUint32(at, value, true);
  }
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  for (let i = 54; i < out.length; i++) out[i] = grey(i);
  return out;
}

const pixels = Uint8Array.from({ length: SIZE * SIZE }, (_, i) => grey(i));
const rgba = Uint8Array.from({ length: 4 * SIZE * SIZE }, (_, i) => i % 4 === 3 ? 255 : grey(i));

/** Pictures of 16 × 16 pixels as files, one of each kind. */
export const PICTURES: Readonly<Record<string, Uint8Array>> = {
  png: encodePng({ width: SIZE, height: SIZE, channels: 1, data: pixels }),
  jpeg: new Uint8Array(encodeJpeg({ width: SIZE, height: SIZE, data: rgba }, 80).data),
  bmp: bmp(),
};

/** A safetensors body of two labelled clips `[2, 2, 16, 16, 1]`. */
export const SAFETENSORS: Uint8Array = encodeSafetensors(
  {
    clips: {
      dtype: "U8",
      shape: [2, 2, SIZE, SIZE, 1],
      data: Uint8Array.from({ length: 4 * SIZE * SIZE }, (_, i) => grey(i)),
    },
  },
  { labels: '["negative","positive"]', kinds: '["micro","micro"]' },
);

/** A form with one clip of two pictures; its boundary is `limit`. */
export const FORM: Uint8Array = new Uint8Array([
  `--limit\r\nContent-Disposition: form-data; name="meta"\r\n\r\n{"clips":[{"frames":["a","b"]}]}\r\n`,
  ...["a", "b"].flatMap((name) => [
    `--limit\r\nContent-Disposition: form-data; name="${name}"; filename="${name}.png"\r\nContent-Type: image/png\r\n\r\n`,
    PICTURES.png!,
    "\r\n",
  ]),
  "--limit--\r\n",
].flatMap((part) => [...(typeof part === "string" ? new TextEncoder().encode(part) : part)]));

const frames = Object.values(PICTURES).slice(0, 1).flatMap((bytes) => [bytes.toBase64(), bytes.toBase64()]);
const clip = { frames, label: "positive", kind: "micro", crop: [1, 2, 10, 11], onset: 0, apex: 1, offset: 1 };

/** What each route takes as JSON. */
export const JSON_BODIES: readonly { readonly method: string; readonly path: string; readonly body: unknown }[] = [
  { method: "POST", path: "/v1/predict", body: { clips: [clip], model: "lightman" } },
  { method: "POST", path: "/v1/subjects/s1/calibrations", body: { clips: [clip], innerSteps: 1 } },
  {
    method: "POST",
    path: "/v1/train/runs",
    body: { outerSteps: 1, synthetic: { trainSubjects: 2 }, holdout: ["a/b"] },
  },
  { method: "PUT", path: "/v1/models/lightman/aliases/stable", body: { version: "0123456789abcdef" } },
  {
    method: "POST",
    path: "/v2/models/lightman/infer",
    body: {
      id: "1",
      inputs: [{ name: "clips", datatype: "UINT8", shape: [1, 2, 1, 1, 1], data: [10, 20] }],
      outputs: [{ name: "probabilities" }],
    },
  },
];
