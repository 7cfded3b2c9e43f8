/**
 * Frames a second of decoding and packing, JPEG, PNG and BMP apart, beside the same work by OpenCV.
 *
 *     deno run -A scripts/bench_decode.ts [--clips 24] [--frames 20] [--python /usr/bin/python3]
 *
 * The work of a frame: read the file, decode 640 × 480 colour, to grey, to 64 × 64 by area. Frames a CPU second do not
 * depend on who else uses the machine; the ratio is that of OpenCV over this project's. OpenCV needs Debian's
 * `python3-opencv`; without it the ratio is left out, and JPEG is not measured, for nothing here writes one.
 */
import { join } from "@std/path";
import { parseArgs } from "node:util";
import process from "node:process";
import { encode } from "fast-png";
import type { ClipEntry, Recipe } from "../lib/data/mod.ts";
import { packClips } from "../lib/packing/mod.ts";

const [WIDTH, HEIGHT] = [640, 480];
const RECIPE: Recipe = { frames: 16, size: 64, channels: 1, input: "frames", time: "tim" };

/** Smooth colour with grain: what a camera's pictures are to a decoder. */
function picture(seed: number): Uint8Array {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  let state = seed + 1;
  for (let y = 0, at = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      const grain = (state >>> 16) / 65536 * 10;
      for (let c = 0; c < 3; c++) data[at++] = 120 + 60 * Math.sin((x + seed) / 50 + c) + 40 * Math.cos(y / 37) + grain;
    }
  }
  return data;
}

/** A bitmap of 24 bits, rows from the bottom. */
function toBmp(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(54 + data.length);
  const view = new DataView(out.buffer);
  out.set([0x42, 0x4d]);
  for (const [at, value] of [[2, out.length], [10, 54], [14, 40], [18, WIDTH], [22, HEIGHT]] as const) {
    view.setUint32(at, value, true);
  }
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const [from, to] = [3 * (y * WIDTH + x), 54 + 3 * ((HEIGHT - 1 - y) * WIDTH + x)];
      for (let c = 0; c < 3; c++) out[to + c] = data[from + 2 - c]!;
    }
  }
  return out;
}

/** Converts PNG files to JPEG beside them; measures OpenCV's CPU seconds. */
const PYTHON = `
import cv2, json, os, sys, time
cv2.setNumThreads(1)
if sys.argv[1] == "convert":
    for path in sys.stdin.read().split("\\n"):
        cv2.imwrite(path[:-4] + ".jpg", cv2.imread(path), [cv2.IMWRITE_JPEG_QUALITY, 90])
else:
    paths = sys.stdin.read().split("\\n")
    begun = time.process_time()
    for path in paths:
        cv2.resize(cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2GRAY), (64, 64), interpolation=cv2.INTER_AREA)
    print(json.dumps(len(paths) / (time.process_time() - begun)))
`;

async function opencv(python: string, what: "convert" | "measure", paths: readonly string[]): Promise<number | null> {
  try {
    const child = new Deno.Command(python, {
      args: ["-c", PYTHON, what],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(paths.join("\n")));
    await writer.close();
    const { success, stdout } = await child.output();
    return success ? (what === "measure" ? JSON.parse(new TextDecoder().decode(stdout)) : 0) : null;
  } catch {
    return null;
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      clips: { type: "string", default: "24" },
      frames: { type: "string", default: "20" },
      python: { type: "string", default: "/usr/bin/python3" },
    },
  });
  const [clips, frames] = [Number(values.clips), Number(values.frames)];
  const folder = await Deno.makeTempDir();
  try {
    const files = { jpg: [] as string[], png: [] as string[], bmp: [] as string[] };
    const variants = Array.from({ length: 4 }, (_, i) => picture(5 * i));
    for (let i = 0; i < clips * frames; i++) {
      const [clip, number] = [Math.floor(i / frames), i % frames + 1];
      const data = variants[i % 4]!;
      for (const format of ["jpg", "png", "bmp"] as const) {
        const place = join(folder, format, `c${clip}`);
        await Deno.mkdir(place, { recursive: true });
        files[format].push(join(place, `img${number}.${format}`));
      }
      const source = join(folder, "jpg", `c${clip}`, `img${number}.png`);
      const png = encode({ width: WIDTH, height: HEIGHT, channels: 3, data });
      await Deno.writeFile(files.png.at(-1)!, png);
      await Deno.writeFile(source, png);
      await Deno.writeFile(files.bmp.at(-1)!, toBmp(data));
    }
    const sources = files.jpg.map((path) => path.replace(/jpg$/, "png"));
    const native = await opencv(values.python, "convert", sources) !== null;
    for (const path of sources) await Deno.remove(path);
    console.log("format  workers  frames/s  frames/CPU s  OpenCV frames/CPU s  ratio");
    for (const format of native ? ["jpg", "png", "bmp"] as const : ["png", "bmp"] as const) {
      const reference = native ? await opencv(values.python, "measure", files[format]) : null;
      for (const workers of [1, 2]) {
        const entries = Array.from({ length: clips }, (_, i): ClipEntry => ({
          ...{ id: `c${i}`, database: "bench", subject: "1", label: "x", kind: "micro" },
          ...{ path: join(folder, format, `c${i}`), onset: null, apex: null, offset: null, fps: null },
          ...{ file: "bench", line: null },
        }));
        const cpu = process.cpuUsage();
        const begun = performance.now();
        await packClips(entries, RECIPE, join(folder, "out.safetensors"), { workers });
        const seconds = (performance.now() - begun) / 1000;
        const { user, system } = process.cpuUsage(cpu);
        const rate = clips * frames / ((user + system) / 1e6);
        const row = [(clips * frames / seconds).toFixed(0), rate.toFixed(0)];
        const beside = reference === null ? ["-", "-"] : [reference.toFixed(0), (reference / rate).toFixed(1)];
        const [wall, perCpu, theirs, ratio] = [...row, ...beside];
        console.log(
          `${format.padEnd(6)}  ${String(workers).padStart(7)}  ${wall!.padStart(8)}  ${perCpu!.padStart(12)}  ` +
            `${theirs!.padStart(19)}  ${ratio!.padStart(5)}`,
        );
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) await main();
