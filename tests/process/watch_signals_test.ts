import { assertEquals, assertStringIncludes } from "@std/assert";
import { launcherLinks, parentOf } from "../../lib/process/_ancestors.ts";
import { type SignalSource, type StopSignal, watchSignals } from "../../lib/process/mod.ts";
import { needs } from "../_util/needs.ts";

function fakeProcess() {
  const handlers = new Map<StopSignal, () => void>();
  const exits: number[] = [];
  const state = { time: 0, orphaned: false };
  const source: SignalSource = {
    listen(name, handler) {
      handlers.set(name, handler);
      return () => void handlers.delete(name);
    },
    orphaned: () => state.orphaned,
    now: () => state.time,
    exit: (code) => void exits.push(code),
  };
  return { source, state, exits, handlers, send: (name: StopSignal) => handlers.get(name)!() };
}

Deno.test("watchSignals() aborts at the first signal and gives its exit code", () => {
  for (const [name, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    const process = fakeProcess();
    const watch = watchSignals(process.source);
    assertEquals([watch.signal.aborted, watch.exitCode], [false, 0]);
    process.send(name);
    assertEquals([watch.signal.aborted, watch.exitCode], [true, code]);
    assertEquals((watch.signal.reason as DOMException).name, "AbortError");
    watch.close();
    assertEquals(process.handlers.size, 0);
  }
});

Deno.test("watchSignals() counts signals within a second once and exits at a later one", () => {
  const process = fakeProcess();
  const watch = watchSignals(process.source);
  process.send("SIGINT");
  process.state.time = 20;
  process.send("SIGINT");
  process.state.time = 700;
  process.send("SIGTERM");
  assertEquals([process.exits, watch.exitCode], [[], 130]);
  process.state.time = 3000;
  process.send("SIGINT");
  assertEquals(process.exits, [130]);
  watch.close();
});

Deno.test("watchSignals() takes the death of a parent for SIGTERM, once", async () => {
  const process = fakeProcess();
  const watch = watchSignals(process.source);
  const aborted = new Promise<void>((resolve) => watch.signal.addEventListener("abort", () => resolve()));
  process.state.orphaned = true;
  // The watch's own timer is not waited for by the event loop.
  const alive = setTimeout(() => {}, 5000);
  await aborted;
  clearTimeout(alive);
  assertEquals([watch.exitCode, process.exits], [143, []]);
  assertStringIncludes(String(watch.signal.reason), "gone");
  watch.close();
});

const FIXTURE = `
import { watchSignals } from "${import.meta.resolve("../../lib/process/mod.ts")}";
const watch = watchSignals();
console.log("ready " + Deno.pid);
const alive = setInterval(() => {}, 1000);
watch.signal.addEventListener("abort", () => {
  console.log("checkpoint");
  clearInterval(alive);
  watch.close();
  Deno.exit(watch.exitCode);
});`;

/** Reads text until it holds a pattern. */
async function readUntil(stream: ReadableStream<Uint8Array>, pattern: RegExp): Promise<RegExpExecArray> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (true) {
    const match = pattern.exec(text);
    if (match) {
      // Not cancelled: the writer must not meet a closed pipe.
      reader.releaseLock();
      return match;
    }
    const { value, done } = await reader.read();
    if (done) throw new Error(`The process ended after ${JSON.stringify(text)}`);
    text += value;
  }
}

Deno.test({
  ...needs(
    Deno.build.os !== "windows",
    "Windows sends no SIGINT",
    "watchSignals() lets a real process checkpoint at SIGINT sent twice, as under npx",
  ),
  async fn() {
    const child = new Deno.Command(Deno.execPath(), { args: ["eval", FIXTURE], stdout: "piped", stderr: "null" })
      .spawn();
    const [stdout, rest] = child.stdout.tee();
    await readUntil(stdout, /ready/);
    child.kill("SIGINT");
    child.kill("SIGINT");
    assertStringIncludes(await new Response(rest).text(), "checkpoint");
    assertEquals((await child.status).code, 130);
  },
});

Deno.test({
  ...needs(
    Deno.build.os === "linux",
    "no /proc",
    "watchSignals() notices that npx was killed although its own parent lives on",
  ),
  async fn() {
    // The chain under npx: npm exec → sh → deno task (here: bash) → this program. Only npm exec is killed.
    const inner = `"$DENO" eval "$FIXTURE"; true`;
    const shell = `bash -c '${inner}'; true`;
    const child = new Deno.Command("bash", {
      args: ["-c", `exec -a "npm exec deno" bash -c "$SHELL_LINE; true"`],
      env: { DENO: Deno.execPath(), FIXTURE, SHELL_LINE: `sh -c "$SH_LINE"; true`, SH_LINE: shell },
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const [stdout, rest] = child.stdout.tee();
    const pid = Number((await readUntil(stdout, /ready (\d+)/))[1]);
    assertEquals(launcherLinks(parentOf(pid)!).length, 2);
    child.kill("SIGKILL");
    assertStringIncludes(await new Response(rest).text(), "checkpoint");
    await child.status;
  },
});
