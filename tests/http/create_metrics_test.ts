import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import { createBaseApp, createMetrics } from "../../lib/http/mod.ts";
import { testDeps } from "../_util/http_fixture.ts";

/** One line of the text format, after its description. */
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (-?[\d.e+-]+|[+-]Inf|NaN)$/;

Deno.test("createMetrics() writes counters, gauges and histograms as the text format wants them", () => {
  const metrics = createMetrics();
  const count = metrics.counter("a_total", "As\\, with\na line break.");
  count({ y: "1", x: "2" });
  count({ x: "2", y: "1" }, 2.5);
  metrics.gauge("b", "Bs.", () => 7);
  metrics.gauge("b", "Bs.", () => Infinity, { of: "c" });
  metrics.counterOf("d_total", "Ds.", () => 5);
  const observe = metrics.histogram("c_seconds", "Cs.", [0.1, 1]);
  for (const value of [0.1, 0.5, 0.5, 9]) observe(value, { route: "/" });
  assertEquals(metrics.render().split("\n"), [
    "# HELP a_total As\\\\, with\\na line break.",
    "# TYPE a_total counter",
    'a_total{x="2",y="1"} 3.5',
    "# HELP b Bs.",
    "# TYPE b gauge",
    "b 7",
    'b{of="c"} +Inf',
    "# HELP d_total Ds.",
    "# TYPE d_total counter",
    "d_total 5",
    "# HELP c_seconds Cs.",
    "# TYPE c_seconds histogram",
    'c_seconds_bucket{route="/",le="0.1"} 1',
    'c_seconds_bucket{route="/",le="1"} 3',
    'c_seconds_bucket{route="/",le="+Inf"} 4',
    'c_seconds_sum{route="/"} 10.1',
    'c_seconds_count{route="/"} 4',
    "",
  ]);
});

Deno.test("createMetrics() gives the same metric for the same name, and refuses another kind and unfit names", () => {
  const metrics = createMetrics();
  metrics.counter("a_total", "As.")();
  metrics.counter("a_total", "As.")();
  assertMatch(metrics.render(), /^a_total 2$/m);
  assertThrows(() => metrics.gauge("a_total", "As.", () => 1), RangeError, "it is a counter already");
  assertThrows(() => metrics.counter("a b", "As."), RangeError, "expected a name");
});

Deno.test("createMetrics() keeps to the format whatever a label holds", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (value) => {
    const metrics = createMetrics();
    metrics.counter("a_total", "As.")({ label: value });
    const [, , line, rest] = metrics.render().split("\n");
    assertMatch(line!, SAMPLE);
    assertEquals(rest, "");
  }));
});

Deno.test("GET /metrics counts requests by route and status, names no path and knows no new methods", async () => {
  const app = createBaseApp(testDeps(), { ready: () => Promise.resolve(null) });
  app.get("/v1/things/:thing", (c) => c.text("x"));
  for (const path of ["/v1/things/anna", "/v1/things/bert", "/secret-path"]) await app.request(path);
  await app.request("/v1/things/anna", { method: "BREW" });
  const response = await app.request("/metrics");
  assertEquals(response.headers.get("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  const text = await response.text();
  for (const line of text.trimEnd().split("\n")) assertMatch(line, line.startsWith("# ") ? /^# (HELP|TYPE) / : SAMPLE);
  assertMatch(text, /^lightman_requests_total\{method="GET",route="\/v1\/things\/:thing",status="200"\} 2$/m);
  assertMatch(text, /^lightman_requests_total\{method="GET",route="\/\*",status="404"\} 1$/m);
  assertMatch(text, /^lightman_requests_total\{method="other",route="\/\*",status="40[45]"\} 1$/m);
  assertMatch(text, /^lightman_request_duration_seconds_count\{.*\} 2$/m);
  assertMatch(text, /^lightman_requests_in_flight 1$/m);
  assertEquals(/anna|bert|secret|BREW/.test(text), false);
});
