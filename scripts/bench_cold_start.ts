/**
 * From the start of the process to the first prediction answered, of the bundle of predict on a deno binary.
 *
 *     deno run -A scripts/bench_cold_start.ts [--runs 15] [--deno PATH] [--gap 0]
 *
 * Each run is a new process with an empty cache folder, a file store and one clip of eight PNG frames in JSON. The wall
 * clock depends on who else uses the machine, the CPU seconds of the process less. Prints one line of JSON.
 */
import { join } from "@std/path";
import { parseArgs } from "node:util";
import { encode } from "fast-png";
import { openStore } from "../lib/storage/mod.ts";
import { makeBundle } from "./_lib/make_bundle.ts";
import { publishUntrained } from "./_lib/publish_untrained.ts";

/** Milliseconds of one start. */
interface ColdStart {
  /** Until the port is open. */
  readonly listening: number;
  /** Until the first answer has arrived. */
  readonly answered: number;
  /** CPU time of the process by then, all threads; null where /proc does not tell. */
  readonly cpu: number | null;
}

function body(): string {
  const pixels = (k: number) => Uint8Array.from({ length: 64 * 64 }, (_, i) => (i * (k + 1)) % 251);
  const frames = Array.from(
    { length: 8 },
    (_, k) => encode({ width: 64, height: 64, channels: 1, data: pixels(k) }).toBase64(),
  );
  return JSON.stringify({ clips: [{ frames }] });
}

async function cpuMs(pid: number): Promise<number | null> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => null);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // The kernel counts in hundredths of a second.
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

async function start(deno: string, folder: string, request: string): Promise<ColdStart> {
  const begun = performance.now();
  const child = new Deno.Command(deno, {
    args: [
      "run",
      "--no-prompt",
      "--allow-net=127.0.0.1",
      "--allow-env",
      `--allow-read=${folder}`,
      join(folder, "predict.js"),
    ],
    env: {
      LIGHTMAN_STORE: `file:${folder}/store`,
      LIGHTMAN_PORT: "0",
      DENO_DIR: "/proc/none",
      DENO_NO_UPDATE_CHECK: "1",
    },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  try {
    let said = "";
    let url: string | undefined;
    while (url === undefined) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`The bundle ended: ${said}`);
      said += value;
      url = /"url":"([^"]+)"/.exec(said)?.[1];
    }
    const listening = performance.now() - begun;
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(`${url}/v1/predict`, { method: "POST", headers, body: request });
    const answer = await response.text();
    const answered = performance.now() - begun;
    if (response.status !== 200) throw new Error(answer);
    return { listening, answered, cpu: await cpuMs(child.pid) };
  } finally {
    child.kill("SIGKILL");
    await reader.cancel();
    await child.status;
  }
}

/** Median and range. */
function spread(values: readonly number[]): Record<string, number> {
  const sorted = values.toSorted((a, b) => a - b).map(Math.round);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
  return { median: at(0.5), min: at(0), quarter: at(0.25), threeQuarters: at(0.75), max: at(1) };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "15" },
      deno: { type: "string", default: Deno.execPath() },
      gap: { type: "string", default: "0" },
    },
  });
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "predict.js"), await makeBundle("predict"));
    await publishUntrained(openStore(`file:${folder}/store`));
    const request = body();
    const starts: ColdStart[] = [];
    for (let run = 0; run < Number(values.runs); run++) {
      starts.push(await start(values.deno, folder, request));
      await new Promise((resolve) => setTimeout(resolve, Number(values.gap)));
    }
    const cpu = starts.flatMap((it) => it.cpu === null ? [] : [it.cpu]);
    console.log(JSON.stringify({
      what: "cold-start",
      runs: starts.length,
      answeredMs: spread(starts.map((it) => it.answered)),
      listeningMs: spread(starts.map((it) => it.listening)),
      ...(cpu.length > 0 && { cpuMs: spread(cpu) }),
      load: Deno.loadavg()[0],
    }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) await main();
