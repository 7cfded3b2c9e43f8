import { join, toFileUrl } from "@std/path";
import { encode as encodeJpeg } from "jpeg-js";
import { encode as encodePng } from "fast-png";
import { makeBundle } from "../../../scripts/_lib/make_bundle.ts";

/** Bundles and a folder that is the only one they may write. */
export interface Edge {
  readonly folder: string;
  readonly bundles: Readonly<Record<"adapt" | "predict", string>>;
  /** A store below the folder. */
  readonly store: string;
}

/** Makes the bundles once, in a folder of their own. */
export async function makeEdge(): Promise<Edge> {
  const folder = await Deno.makeTempDir();
  const names = ["adapt", "predict"] as const;
  const bundles = await Promise.all(names.map(async (name) => {
    const file = join(folder, `${name}.js`);
    await Deno.writeTextFile(file, await makeBundle(name));
    return [name, file] as const;
  }));
  const store = join(folder, "temp", "store");
  await Deno.mkdir(store, { recursive: true });
  return { folder, bundles: Object.fromEntries(bundles) as Edge["bundles"], store: `file:${store}` };
}

/** A bundle that serves. */
export interface EdgeServer {
  readonly url: string;
  /** The most memory it has held, in bytes; null where /proc does not tell. */
  peakBytes(): Promise<number | null>;
  /** Ends it in order; resolves to what it said. */
  stop(): Promise<{ readonly code: number; readonly output: string }>;
}

/**
 * Starts a bundle the way the edge does: no project around it, no cache folder, no right to write but below one folder,
 * no flag but permissions.
 */
export async function startEdge(
  deno: string,
  { bundle, folder, write, env }: {
    readonly bundle: string;
    readonly folder: string;
    readonly write: boolean;
    readonly env: Readonly<Record<string, string>>;
  },
): Promise<EdgeServer> {
  const temp = join(folder, "temp");
  const child = new Deno.Command(deno, {
    args: [
      "run",
      "--no-prompt",
      "--allow-net=127.0.0.1",
      "--allow-env=LIGHTMAN_*,AWS_ACCESS_KEY_ID,AWS_SECRET_ACCESS_KEY,AWS_SESSION_TOKEN",
      `--allow-read=${temp}`,
      ...(write ? [`--allow-write=${temp}`] : []),
      bundle,
    ],
    cwd: temp,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", DENO_DIR: "/proc/none", LIGHTMAN_PORT: "0", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let output = "";
  const listening = Promise.withResolvers<string>();
  const read = async (stream: ReadableStream<Uint8Array>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      output += text;
      const url = /"url":"([^"]+)"/.exec(output)?.[1];
      if (url !== undefined) listening.resolve(url);
    }
  };
  const closed = Promise.all([read(child.stdout), read(child.stderr)]);
  closed.then(() => listening.reject(new Error(`The bundle ended without a port: ${output}`)));
  return {
    url: await listening.promise,
    async peakBytes() {
      const status = await Deno.readTextFile(`/proc/${child.pid}/status`).catch(() => "");
      const kilobytes = /VmHWM:\s*(\d+) kB/.exec(status)?.[1];
      return kilobytes === undefined ? null : Number(kilobytes) * 1024;
    },
    async stop() {
      child.kill("SIGTERM");
      await closed;
      return { code: (await child.status).code, output };
    },
  };
}

/** Runs a program that starts a bundle as a Worker, and gives what it prints. */
export async function runWithWorker(deno: string, bundle: string, ask: string): Promise<string> {
  const program = `
    const worker = new Worker(${JSON.stringify(toFileUrl(bundle).href)}, { type: "module" });
    worker.onerror = (event) => { console.log("failed: " + event.message); Deno.exit(1); };
    worker.onmessage = ({ data }) => { console.log(JSON.stringify(data, (_, v) => v instanceof Float32Array ? [...v] : v)); Deno.exit(); };
    worker.postMessage(${ask});
  `;
  const file = await Deno.makeTempFile({ suffix: ".js" });
  try {
    await Deno.writeTextFile(file, program);
    const { stdout, stderr } = await new Deno.Command(deno, {
      // A worker's file is a module like any other: it may be read.
      args: ["run", "--no-prompt", `--allow-read=${bundle}`, file],
      env: { NO_COLOR: "1", DENO_DIR: "/proc/none" },
      stdin: "null",
    }).output();
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  } finally {
    await Deno.remove(file);
  }
}

/** A frame of moving stripes, in base64. */
export function frame(kind: "png" | "jpeg", size: number, at: number): string {
  const grey = (i: number) => 128 + Math.round(90 * Math.sin((i % size + at) / 3) * Math.cos(Math.floor(i / size) / 4));
  if (kind === "png") {
    return encodePng({
      width: size,
      height: size,
      channels: 1,
      data: Uint8Array.from({ length: size * size }, (_, i) => grey(i)),
    })
      .toBase64();
  }
  const data = Uint8Array.from({ length: 4 * size * size }, (_, i) => i % 4 === 3 ? 255 : grey(i >> 2));
  return new Uint8Array(encodeJpeg({ width: size, height: size, data }, 90).data).toBase64();
}
