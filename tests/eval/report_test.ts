import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseHTML } from "linkedom";
import { renderReport, type ReportData, type ReportMetric } from "../../lib/eval/mod.ts";

const metric = (before: number, after: number, low: number, high: number): ReportMetric => ({
  before,
  after,
  gain: { estimate: after - before, mean: after - before, low, high },
});

const DATA: ReportData = {
  title: "LightmanNet on synthetic",
  created: "2026-01-02T03:04:05Z",
  protocol: "Four subjects were held out; five clips a class calibrate; normalisation: support.",
  metrics: {
    accuracy: { ...metric(0.512, 0.734, 0.1, 0.34), supervised: 0.55, fineTuned: 0.61 },
    uf1: metric(0.5, 0.7, -0.01, 0.3),
    uar: metric(0.6, 0.55, -0.2, 0.1),
  },
  curve: Array.from({ length: 1000 }, (_, i) => ({ step: i + 1, loss: 1.1 - i / 2000, accuracy: 0.3 + i / 2500 })),
  subjects: [
    { name: "synthetic/s01", clips: 30, before: 0.4, after: 0.8 },
    { name: "synthetic/s02", clips: 30, before: 0.7, after: 0.6 },
    { name: "synthetic/s03", clips: 28, before: 0.5, after: 0.5 },
    { name: "synthetic/s04", clips: 30, before: 0.5, after: 0.5 },
    { name: "synthetic/s05", clips: 30, before: 0.5, after: 0.5 },
  ],
  classes: ["negative", "positive"],
  confusion: { before: [[6, 4], [0, 0]], after: [[9, 1], [2, 8]] },
  config: { alpha: 0.2, synthetic: { rho: 0.6 }, ways: null, holdout: ["a/b", "c/d"] },
  environment: {
    backend: "wasm",
    why: "No GPU.",
    deno: "2.9.6",
    seconds: 119.7,
    peakRssBytes: 512 * 2 ** 20,
    commit: "abc1234",
    more: { workers: "2" },
  },
};

/** The page as plain text of its cells, and its elements. */
function render(data: ReportData) {
  const html = renderReport(data);
  const { document } = parseHTML(html) as unknown as {
    document: { querySelectorAll(selector: string): Iterable<{ textContent: string }> };
  };
  const texts = (selector: string) => [...document.querySelectorAll(selector)].map((one) => one.textContent.trim());
  return { html, texts };
}

Deno.test("renderReport() shows the headline figures, the gain and its interval", () => {
  const { texts, html } = render(DATA);
  assertEquals(texts(".headline tbody tr:nth-child(1) td"), [
    "51.2 %",
    "73.4 %",
    "+22.2 [+10.0, +34.0]",
    "55.0 %",
    "61.0 %",
  ]);
  assertEquals(texts(".headline tbody tr:nth-child(3) td"), ["60.0 %", "55.0 %", "−5.0 [−20.0, +10.0]", "–", "–"]);
  assertStringIncludes(html, "The interval of UF1, UAR holds zero");
  assertStringIncludes(html, "bootstrap over 5 subjects");
});

Deno.test("renderReport() leaves the supervised column out when there is none", () => {
  const { accuracy: { supervised: _, ...accuracy }, ...rest } = DATA.metrics;
  const { texts } = render({ ...DATA, metrics: { ...rest, accuracy } });
  assertEquals(texts(".headline thead th").length, 4);
  assertEquals(texts(".headline tbody tr:nth-child(1) td").length, 3);
});

Deno.test("renderReport() draws both curves and a row for every subject", () => {
  const { texts, html } = render(DATA);
  assertEquals(texts("figure svg").length, 3);
  assertStringIncludes(html, "Query loss over outer steps");
  assertStringIncludes(html, "1 better, 1 worse, 3 the same.");
  assertEquals(texts("details tbody tr:nth-child(2) td"), ["30", "70.0 %", "60.0 %"]);
  const svg = html.slice(html.indexOf('aria-label="Accuracy of each'));
  for (const subject of DATA.subjects) assertStringIncludes(svg, subject.name);
});

Deno.test("renderReport() draws the scores on validation subjects, where θ was chosen", () => {
  const curve = [{ step: 10, score: 0.5 }, { step: 20, score: 0.4 }];
  const { html, texts } = render({ ...DATA, selection: { shots: 5, steps: [10], score: 0.5, curve } });
  assertEquals(texts("figure svg").length, 4);
  assertStringIncludes(
    html,
    "after calibration with up to 5 clips a class; circled: step 10, whose θ is taken (50.0 %)",
  );
  assertEquals(render(DATA).html.includes("validation"), false);
});

Deno.test("renderReport() shows counts and row shares of confusion matrices, also of an absent class", () => {
  const { texts } = render(DATA);
  assertEquals(texts(".confusion tbody tr:nth-child(1) td"), ["660 %", "440 %", "990 %", "110 %"]);
  assertEquals(texts(".confusion tbody tr:nth-child(2) td"), ["0", "0", "220 %", "880 %"]);
});

Deno.test("renderReport() lists configuration by path, and environment", () => {
  const { texts } = render(DATA);
  const rows = texts(".facts tr").map((row) => row.replace(/\s+/g, " "));
  for (
    const row of [
      "alpha0.2",
      "synthetic.rho0.6",
      "waysnull",
      'holdout["a/b","c/d"]',
      "backendwasm",
      "why this backendNo GPU.",
    ].concat(
      ["duration2 min 0 s", "peak memory0.54 GB", "commitabc1234", "workers2"],
    )
  ) assert(rows.includes(row), `${row} in ${rows.join(" | ")}`);
});

Deno.test("renderReport() escapes everything that comes from outside", () => {
  const evil = `<script>alert("1")</script>&'`;
  const { html } = render({
    ...DATA,
    title: evil,
    created: evil,
    protocol: evil,
    classes: [evil, "positive"],
    subjects: [{ name: evil, clips: 1, before: 0, after: 1 }],
    config: { [evil]: evil, list: [evil] },
    environment: { ...DATA.environment, backend: evil, why: evil, deno: evil, commit: evil, more: { [evil]: evil } },
  });
  assertEquals(/<script/i.test(html), false);
  assertStringIncludes(html, "&lt;script&gt;");
});

Deno.test("renderReport() needs no network and stays small for long runs", () => {
  const curve = Array.from({ length: 50_000 }, (_, i) => ({ step: i, loss: Math.sin(i), accuracy: 0.5 }));
  const html = renderReport({ ...DATA, curve });
  assertEquals(html.match(/(?:src|href|url\(|@import|<link)[^>]*/g), null);
  assertEquals(html.replaceAll("http://www.w3.org/", "").includes("http"), false);
  assert(html.length < 150_000, `${html.length} characters`);
});

Deno.test("renderReport() warns what the model must not be used for", () => {
  assertStringIncludes(renderReport(DATA), "detect lies");
});

Deno.test("renderReport() copes with a run without steps, without subjects, and with undefined metrics", () => {
  const { html, texts } = render({
    ...DATA,
    curve: [],
    subjects: [],
    metrics: { ...DATA.metrics, uf1: metric(NaN, NaN, NaN, NaN) },
  });
  assertStringIncludes(html, "No outer step was taken.");
  assertStringIncludes(html, "No subject was held out.");
  assertEquals(texts(".headline tbody tr:nth-child(2) td").slice(0, 3), ["–", "–", "–"]);
});

Deno.test("renderReport() refuses a confusion matrix of another size", () => {
  const bad = { ...DATA, confusion: { before: [[1, 2, 3]], after: DATA.confusion.after } };
  assertThrows(() => renderReport(bad), TypeError, 'matrix "Before calibration": expected 2 by 2, got 1 by 3');
});

Deno.test("renderReport() keeps the numbers of intervals over fewer than five subjects out", () => {
  const few = ({ gain, ...metric }: ReportMetric): ReportMetric => ({
    ...metric,
    gain: { ...gain, low: null, high: null },
  });
  const { accuracy, uf1, uar } = DATA.metrics;
  const metrics = { accuracy: few(accuracy), uf1: few(uf1), uar: few(uar) };
  const { texts, html } = render({ ...DATA, metrics, subjects: DATA.subjects.slice(0, 4) });
  assertEquals(texts(".headline tbody tr:nth-child(1) td")[2], "+22.2");
  assertEquals(texts(".worse"), []);
  assertStringIncludes(html, "too few subjects for an interval");
  assertStringIncludes(html, "(1/2)");
});

Deno.test("renderReport() stacks large confusion matrices, and names only what is drawn", () => {
  const classes = ["a", "b", "c", "d", "e"];
  const matrix = classes.map(() => classes.map(() => 1));
  const long = renderReport(DATA);
  const short = renderReport({
    ...DATA,
    classes,
    confusion: { before: matrix, after: matrix },
    curve: DATA.curve.slice(0, 3),
    subjects: DATA.subjects.filter(({ before, after }) => after >= before),
  });
  assertStringIncludes(short, '<div class="stack">');
  assertEquals(long.includes('<div class="stack">'), false);
  assertEquals([long, short].map((html) => html.includes("strong: moving mean")), [true, false]);
  assertEquals([long, short].map((html) => html.includes("where it got worse")), [true, false]);
  assertEquals(short.includes(">1.5<"), false, "steps are whole");
  assertStringIncludes(short, "best after calibration first");
});

Deno.test("renderReport() says tasks where random tasks are evaluated", () => {
  const { texts, html } = render({ ...DATA, config: { shuffleLabels: true } });
  assertEquals(texts("h2").slice(0, 3), ["Results on tasks of held-out subjects", "Learning curve", "Each task"]);
  assertStringIncludes(html, "bootstrap over 5 tasks");
});
