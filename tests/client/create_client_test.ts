import { assert, assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import type * as z from "zod";
import { type calibrationAnswerSchema, createAdaptApp, type subjectAnswerSchema } from "../../functions/adapt/mod.ts";
import { createPredictApp, type predictAnswerSchema } from "../../functions/predict/mod.ts";
import type { modelAnswerSchema, runAnswerSchema } from "../../functions/train/mod.ts";
import {
  type CalibrationAnswer,
  ClientError,
  createClient,
  type ModelAnswer,
  type PredictAnswer,
  type RunAnswer,
  type RunEvent,
  type SubjectAnswer,
} from "../../lib/client/mod.ts";
import { combineApps } from "../../lib/http/mod.ts";
import { encode } from "fast-png";
import { fakeEngine } from "../_util/fake_engine.ts";
import { publishMain, testDeps } from "../_util/http_fixture.ts";
import { setUpTrain } from "../functions/_train.ts";

/** Compiles only while what the functions answer is what the client's types say. */
type Same<Client, Schema extends z.ZodType> = z.infer<Schema> extends Client ? true : never;
const SAME: [
  Same<CalibrationAnswer, typeof calibrationAnswerSchema>,
  Same<SubjectAnswer, typeof subjectAnswerSchema>,
  Same<PredictAnswer, typeof predictAnswerSchema>,
  Same<ModelAnswer, typeof modelAnswerSchema>,
  Same<RunAnswer, typeof runAnswerSchema>,
] = [true, true, true, true, true];

const png = (value: number) => encode({ width: 4, height: 4, channels: 1, data: new Uint8Array(16).fill(value) });

async function setUp() {
  const train = setUpTrain();
  const version = await publishMain(train.deps.store);
  const deps = { ...testDeps(train.deps.store), engine: fakeEngine(), model: "main" };
  const apps = combineApps([createAdaptApp(deps), createPredictApp(deps)]);
  const fetch = (request: Request) =>
    new URL(request.url).port === "8001" ? train.app.request(request) : apps(request, {});
  const client = createClient({
    train: "http://127.0.0.1:8001",
    adapt: "http://127.0.0.1:8002/",
    predict: "http://127.0.0.1:8002",
  }, {
    fetch,
    retryMs: 1,
  });
  return { client, train, version };
}

Deno.test("a client calibrates, predicts, lists and erases", async () => {
  assert(SAME.every(Boolean));
  const { client, version } = await setUp();
  const clips = [{ frames: [png(0), png(0)], label: "negative" }];
  const calibration = await client.calibrate("s1", { clips, modelVersion: version }, { idempotencyKey: "k" });
  assertEquals([calibration.subject, calibration.model.version], ["s1", version]);
  assertEquals(await client.calibrate("s1", { clips, modelVersion: version }, { idempotencyKey: "k" }), calibration);
  assertEquals(await client.subjects(), ["s1"]);
  assertEquals((await client.subject("s1")).version, calibration.version);
  const answer = await client.predict({ clips: [{ frames: [png(255).toBase64(), png(255)] }], subject: "s1" });
  assertEquals([answer.predictions.length, answer.subject?.version], [1, calibration.version]);
  await client.erase("s1");
  assertEquals(await client.subjects(), []);
});

Deno.test("a client starts, follows and cancels runs, and promotes", async () => {
  const { client, train, version } = await setUp();
  const run = await client.startRun({ outerSteps: 2 }, { model: "faces" });
  const events: RunEvent[] = [];
  const following = (async () => {
    for await (const event of client.runEvents(run.id)) events.push(event);
  })();
  (await train.trainer.begun(1)).finish();
  await following;
  const { status, result } = await client.run(run.id);
  assertEquals([status, events[0]?.id, events.at(-1)?.type], ["succeeded", 1, "state"]);
  assertEquals(events.map(({ id }) => id), events.map((_, i) => i + 1));
  await client.promote("faces", "stable", result!.version);
  assertEquals((await client.models()).map(({ name, aliases }) => [name, aliases.stable]), [
    ["faces", result!.version],
    ["main", version],
  ]);
  assertEquals((await client.model("faces")).versions[0]?.version, result!.version);
  const other = await client.startRun({});
  assertEquals((await client.cancelRun(other.id)).status, "cancelled");
  assertEquals((await client.runs()).map(({ status }) => status), ["succeeded", "cancelled"]);
});

Deno.test("an error of a function is a ClientError with its problem", async () => {
  const { client } = await setUp();
  const wrong = await assertRejects(() => client.predict({ clips: [{ frames: ["!"] }] }), ClientError);
  assertEquals([wrong.status, wrong.problem?.errors?.[0]?.field], [422, "clips.0.frames.0"]);
  assertEquals(wrong.message, wrong.problem?.detail);
  assertEquals((await assertRejects(() => client.erase("nobody"), ClientError)).status, 404);
});

Deno.test("an answer of something else is a ClientError without a problem", async () => {
  const full = () => new Response("<html>", { status: 503, headers: { "Retry-After": "7" } });
  const error = await assertRejects(() => createClient("http://a", { fetch: full }).subjects(), ClientError);
  assertEquals([error.status, error.problem, error.retryAfter], [503, null, 7]);
});

Deno.test("a client sends its key, and asks only where it knows an address", async () => {
  let seen: string | null = null;
  const fetch = (request: Request) => {
    seen = request.headers.get("Authorization");
    return Response.json({ models: [] });
  };
  const client = createClient({ train: "http://a" }, { key: "lm_x", fetch });
  await client.models();
  assertEquals(seen, "Bearer lm_x");
  await assertRejects(() => client.subjects(), TypeError, "expected the address of adapt");
});

Deno.test("a call that is given up rejects with the signal's reason", async () => {
  const stop = new AbortController();
  const why = new Error("enough");
  const fetch = (request: Request) =>
    new Promise<Response>((_, reject) => request.signal.addEventListener("abort", () => reject(request.signal.reason)));
  const call = createClient("http://a", { fetch }).subjects({ signal: stop.signal });
  stop.abort(why);
  assertStrictEquals(await call.catch((error) => error), why);
});

/** A server of one run whose streams come from a list: each breaks off, or ends. */
function streams(parts: readonly { readonly text: string; readonly breaks?: boolean; readonly status?: number }[]) {
  const asked: (string | null)[] = [];
  const fetch = (request: Request) => {
    if (!request.url.endsWith("/events")) {
      return Response.json({ status: asked.length < parts.length ? "running" : "succeeded" });
    }
    const { text, breaks, status = 200 } = parts[asked.length]!;
    asked.push(request.headers.get("Last-Event-ID"));
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(text));
        if (!breaks) controller.close();
      },
      pull: (controller) => controller.error(new TypeError("connection reset")),
    }, { highWaterMark: 1 });
    return new Response(body, { status });
  };
  return { asked, client: createClient("http://a", { fetch, retryMs: 1 }) };
}

const event = (id: number) => `event: step\nid: ${id}\ndata: {"step":${id}}\n\n`;

Deno.test("runEvents() goes on after a broken stream with Last-Event-ID, and tells each event once", async () => {
  const { asked, client } = streams([
    { text: event(1) + event(2) + "event: step\nid: 3\nda", breaks: true },
    { text: "" },
    { text: "", status: 503 },
    { text: ": still there\n\n" + event(3) + event(4) },
  ]);
  const events = await Array.fromAsync(client.runEvents("r"));
  assertEquals(events.map(({ id }) => id), [1, 2, 3, 4]);
  assertEquals(asked, [null, "2", "2", "2"]);
});

Deno.test("runEvents() begins after an event, gives up when told to, and ends on an error that will not pass", async () => {
  const { asked, client } = streams([{ text: event(8), breaks: true }, { text: "", breaks: true }]);
  const stop = new AbortController();
  const error = await (async () => {
    for await (const { id } of client.runEvents("r", { after: 7, signal: stop.signal })) if (id === 8) stop.abort();
  })().catch((error) => error);
  assertEquals([error.name, asked], ["AbortError", ["7"]]);
  const { client: other } = streams([{ text: "{}", status: 404 }]);
  assertInstanceOf(await Array.fromAsync(other.runEvents("r")).catch((error) => error), ClientError);
});
