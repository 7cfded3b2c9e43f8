import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { createAdaptApp } from "../../../functions/adapt/mod.ts";
import { createPredictApp } from "../../../functions/predict/mod.ts";
import { createRunQueue, createTrainApp } from "../../../functions/train/mod.ts";
import { combineApps } from "../../../lib/http/mod.ts";
import { BAD_REQUESTS, type FuzzRequest } from "../../../scripts/_soak/bad_requests.ts";
import { fuzz } from "../../../scripts/_soak/fuzz.ts";
import { MUTATED_BODIES } from "../../../scripts/_soak/mutated_bodies.ts";
import { throwBombs } from "../../../scripts/_soak/throw_bombs.ts";
import { fakeEngine } from "../../_util/fake_engine.ts";
import { publishMain, testDeps } from "../../_util/http_fixture.ts";

const signal = new AbortController().signal;

/** The three functions in this process, with a small model and a trainer that fails at once. */
async function setUp() {
  const deps = { ...testDeps(), engine: fakeEngine(), model: "main", dataFolder: null };
  await publishMain(deps.store);
  const queue = createRunQueue({ ...deps, trainer: () => Promise.reject(new Error("not here")), workers: 0 });
  const fetch = combineApps([createTrainApp({ ...deps, queue }), createAdaptApp(deps), createPredictApp(deps)]);
  return async (request: Request) => await fetch(request, {});
}

for (
  const [what, requests] of [["generated bad requests", BAD_REQUESTS], ["damaged bodies", MUTATED_BODIES]] as const
) {
  Deno.test(`100 ${what} are answered, none with a failure`, async () => {
    const { faults, sent, statuses } = await fuzz(requests, { count: 100, seed: 5, signal, send: await setUp() });
    assertEquals([faults, sent], [[], 100]);
    const refused = Object.entries(statuses).reduce((sum, [status, n]) => status >= "400" ? sum + n : sum, 0);
    assert(refused >= 50, JSON.stringify(statuses));
  });
}

Deno.test("bombs are refused as what they are", async () => {
  const results = await throwBombs(await setUp());
  assertEquals(results.flatMap(({ fault }) => fault ?? []), []);
  assert(results.length >= 15);
});

const request: FuzzRequest = { method: "POST", path: "/", headers: {}, body: "x" };
const problem = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/problem+json" } });
for (
  const [what, answer, says] of [
    ["a failure", () => problem(500, { status: 500 }), "500"],
    ["an error that is no problem", () => new Response("no", { status: 404 }), "404 as text/plain"],
    ["a problem of another status", () => problem(404, { status: 400 }), "another status"],
    ["silence", () => new Promise<Response>(() => {}), "no answer"],
    ["a broken connection", () => Promise.reject(new TypeError("reset")), "no answer"],
  ] as const
) {
  Deno.test(`fuzz() tells of ${what}`, async () => {
    const send = (request: Request) =>
      new Promise<Response>((resolve, reject) => {
        request.signal.addEventListener("abort", () => reject(request.signal.reason));
        Promise.resolve().then(answer).then(resolve, reject);
      });
    const { faults } = await fuzz(fc.constant(request), { count: 1, seed: 0, signal, send, limitMs: 50 });
    assertEquals(faults.length, 1);
    assert(faults[0]!.includes(says), faults[0]);
  });
}
