import { join } from "@std/path";
import { benchModel, type BenchOrder, WORKLOADS } from "../lib/bench/mod.ts";
import { chooseBackend } from "../lib/runtime/mod.ts";
import { encodeSafetensors, openStore, promote, publishModel } from "../lib/storage/mod.ts";
import { makeBundle } from "./_lib/make_bundle.ts";

/** Reads a stream until a pattern matches. */
async function until(stream: ReadableStream<Uint8Array>, pattern: RegExp): Promise<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    text += part;
    const match = pattern.exec(text);
    if (match) return match[1]!;
  }
  throw new Error(`Cannot measure a cold start: the function ended: ${text.trim()}`);
}

/** The environment without settings of the functions: keys and limits of somebody's server are none of the bench's. */
function plainEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(Deno.env.toObject()).filter(([name]) => !name.startsWith("LIGHTMAN_")));
}

/** CPU milliseconds of a process so far, all threads; null where /proc does not tell. The kernel counts in hundredths of a second. */
async function cpuMs(pid: number): Promise<number | null> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => null);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

/** Tells a process to end, unless it has. */
function stop(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGTERM");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

/** Bytes of one clip of a workload, as a request's body. */
function requestBody({ frames, size }: { frames: number; size: number }): Uint8Array {
  const shape = [1, frames, size, size, 3];
  const data = Uint8Array.from({ length: frames * size * size * 3 }, (_, i) => (i * 31) % 256);
  return encodeSafetensors({ clips: { dtype: "U8", shape, data } }, {});
}

/**
 * Measures the predict function from the start of its process to the first answer: its bundle on the `deno` binary,
 * without a cache folder, its model in a file store.
 *
 * @param order The workload and decoder; `repeats` starts after one that warms the file cache.
 * @returns Milliseconds in ascending order, median CPU milliseconds of a process, and the peak memory of the last, MB.
 */
export async function benchColdStart(
  order: BenchOrder,
): Promise<{ times: number[]; cpu: number | null; peakMb: number }> {
  const folder = await Deno.makeTempDir();
  try {
    await chooseBackend("wasm");
    const { weights, card } = await benchModel(order);
    const store = openStore(`file:${join(folder, "store")}`);
    await promote(store, "default", "bench", "stable", await publishModel(store, "default", "bench", weights, card));
    const bundle = join(folder, "predict.js");
    await Deno.writeTextFile(bundle, await makeBundle("predict"));
    const body = requestBody(WORKLOADS[order.workload as keyof typeof WORKLOADS]);
    const times: number[] = [];
    const cpu: number[] = [];
    let peakMb = 0;
    for (let round = 0; round <= order.repeats; round++) {
      const begun = performance.now();
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-prompt", "--allow-net=127.0.0.1", "--allow-env", `--allow-read=${folder}`, bundle],
        clearEnv: true,
        env: {
          ...plainEnvironment(),
          ...{ LIGHTMAN_STORE: `file:${join(folder, "store")}`, LIGHTMAN_MODEL: "bench" },
          ...{ LIGHTMAN_PORT: "0", LIGHTMAN_BACKEND: "wasm", DENO_DIR: "/proc/none", DENO_NO_UPDATE_CHECK: "1" },
        },
        stdin: "null",
        stdout: "piped",
        stderr: "null",
      }).spawn();
      const [log, rest] = child.stdout.tee();
      const drained = rest.pipeTo(new WritableStream()).catch(() => {});
      try {
        const url = await until(log, /"url":"([^"]+)"/);
        const response = await fetch(`${url}/v1/predict`, {
          method: "POST",
          headers: { "Content-Type": "application/vnd.safetensors" },
          body: body as Uint8Array<ArrayBuffer>,
        });
        const answer = await response.text();
        if (!response.ok) throw new Error(`Cannot measure a cold start: the function answered ${answer}`);
        if (round > 0) {
          times.push(performance.now() - begun);
          cpu.push(await cpuMs(child.pid) ?? NaN);
        }
        const status = await Deno.readTextFile(`/proc/${child.pid}/status`).catch(() => "");
        peakMb = Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
      } finally {
        stop(child);
        await drained;
        await child.status;
      }
    }
    const used = cpu.sort((a, b) => a - b)[cpu.length >> 1]!;
    return { times: times.sort((a, b) => a - b), cpu: Number.isNaN(used) ? null : used, peakMb };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
