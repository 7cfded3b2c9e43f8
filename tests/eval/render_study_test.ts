import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { parseHTML } from "linkedom";
import {
  type Interval,
  PUBLISHED,
  renderStudy,
  type RowMetric,
  type RowSummary,
  type StudyReportData,
  type StudySummary,
  uar,
  uf1,
} from "../../lib/eval/mod.ts";

const interval = (estimate: number, low: number, high: number): Interval => ({ estimate, mean: estimate, low, high });

const METRIC: RowMetric = {
  before: interval(0.5, 0.4, 0.6),
  after: interval(0.712, 0.6, 0.8),
  gain: interval(0.212, 0.05, 0.3),
};

/** A row with figures. */
function row(name: string, changes: Partial<RowSummary> = {}, metric: Partial<RowMetric> = {}): RowSummary {
  const one = { ...METRIC, ...metric };
  return {
    name,
    shots: 2,
    metrics: { accuracy: one, uf1: one, uar: one, macroF1: one },
    confusion: { before: [[6, 4], [5, 5]], after: [[9, 1], [2, 8]] },
    subjects: [
      { name: "db/s01", clips: 10, before: 0.4, after: 0.8 },
      ...["db/s02", "db/s04", "db/s05", "db/s06"].map((name) => ({ name, clips: 10, before: 0.7, after: 0.6 })),
    ],
    curve: [{ step: 1, loss: 1.1, accuracy: 0.4 }, { step: 2, loss: 0.9, accuracy: 0.5 }],
    trainSeconds: 130,
    secondsPerTraining: 65,
    parameters: 1_234_567,
    bytes: 4 * 1_234_567,
    ...changes,
  };
}

function study(rows: readonly RowSummary[], changes: Partial<StudySummary> = {}): StudyReportData {
  return {
    title: "A protocol",
    created: "2026-01-02T03:04:05Z",
    summary: {
      protocol: "loso",
      summary: "Each subject is held out once.",
      notes: [],
      classes: ["calm", "glad"],
      rows,
      ...changes,
    },
    config: { alpha: 0.2, synthetic: { rho: 0.6 } },
    environment: {
      backend: "wasm",
      why: "No GPU.",
      deno: "2.9.6",
      seconds: 61,
      peakRssBytes: 2 ** 29,
      commit: "abc1234",
    },
  };
}

interface Element {
  readonly textContent: string;
  readonly open: boolean;
  hasAttribute(name: string): boolean;
  closest(selector: string): Element | null;
}

/** The page, the texts of elements and the elements. */
function render(data: StudyReportData) {
  const html = renderStudy(data);
  const { document } = parseHTML(html) as unknown as { document: { querySelectorAll(all: string): Iterable<Element> } };
  const all = (selector: string) => [...document.querySelectorAll(selector)];
  const texts = (selector: string) => all(selector).map((one) => one.textContent.trim().replace(/\s+/g, " "));
  return { html, all, texts };
}

Deno.test("renderStudy() shows each metric before and after with intervals, gain, difference and runs", () => {
  const runs = {
    before: { mean: 0.51, half: 0.02 },
    after: { mean: 0.7, half: 0.03 },
    gain: { mean: 0.19, half: 0.01 },
    beyondFirst: { mean: -0.02, half: 0.03 },
  };
  const { texts, html } = render(study([
    row("first"),
    row("second", {}, { beyondFirst: interval(-0.04, -0.06, -0.01), runs }),
  ]));
  assertEquals(texts(".rows tbody tr:nth-child(1) td")[0], "50.0 → 71.295 % [60.0, 80.0]gain +21.2 [+5.0, +30.0]");
  assertEquals(
    texts(".rows tbody tr:nth-child(2) td")[1],
    "51.0 ± 2.0 → 70.0 ± 3.0gain +19.0 ± 1.0to ◆ −2.0 ± 3.0first run 50.0 → 71.2 [60.0, 80.0]",
  );
  assertEquals(texts(".rows tbody tr:nth-child(1) td").slice(4), ["1 min 5 sall 2 min 10 s", "1 234 5674.7 MiB"]);
  assertEquals(texts(".rows thead th").length, 7);
  assertEquals(texts(".rows tbody th"), ["first ◆", "second"]);
  // Differences whose interval leaves zero out are marked, on their side.
  assertEquals(texts("small.less").length, 0, "over runs the difference to ◆ does not");
  assertEquals(texts("small.more").length, 8);
  assertStringIncludes(html, "Student's t");
});

Deno.test("renderStudy() shows one figure where nothing calibrates", () => {
  const { texts } = render(study([row("plain", { shots: 0 })]));
  assertEquals(texts(".rows tbody td")[0], "71.295 % [60.0, 80.0]");
  assertEquals(texts("small.more"), []);
  assertEquals(texts(".confusion").length, 1, "one matrix, not the same one twice");
  assertEquals(texts("figcaption").includes("Before calibration"), false);
});

Deno.test("renderStudy() says why a row failed, and marks the row that others are compared with", () => {
  const { texts } = render(study([
    { name: "wild", shots: 2, failed: "Cannot go on: loss NaN" },
    row("first that ended"),
    row("compared", {}, { beyondFirst: interval(0.1, 0, 0.2) }),
    row("alone with its K", { shots: 5 }),
  ]));
  assertEquals(texts(".failed"), ["No figures. Cannot go on: loss NaN"]);
  assertEquals(texts(".rows tbody th"), ["wild", "first that ended ◆", "compared", "alone with its K"]);
});

Deno.test("renderStudy() is whole when every row failed", () => {
  const { texts, html } = render(study([{ name: "wild", shots: 0, failed: "loss NaN" }]));
  assertEquals(texts(".failed").length, 1);
  assertStringIncludes(html, "No row has figures.");
  assertStringIncludes(html, "No outer step was taken.");
});

Deno.test("renderStudy() lists databases only where there are several", () => {
  const share = { accuracy: 0.1, uf1: 0.2, uar: 0.3, macroF1: 0.4 };
  const database = (name: string) => ({
    database: name,
    clips: 7,
    before: share,
    after: { ...share, uf1: 0.25 },
    confusion: [[1, 0], [0, 1]],
  });
  const { texts } = render(study([row("a", { databases: [database("smic"), database("samm")] })]));
  assertEquals(texts("h2").includes("By database"), true);
  assertEquals(texts(".rows")[1]!.match(/20\.0 → 25\.0/g)?.length, 2);
  assertEquals(render(study([row("a")])).texts("h2").includes("By database"), false);
});

Deno.test("renderStudy() draws sensitivity with a line a series, and none where nothing is varied", () => {
  const swept = (values: readonly number[], series: string) =>
    values.map((x) => row(`${series} ${x}`, { x, series }, { after: interval(0.3 + x, 0.2 + x, 0.4 + x) }));
  const { texts, html } = render(
    study([...swept([0.3, 0.5], "lightman"), ...swept([0.3, 0.5], "multitask")], { protocol: "lambda" }),
  );
  assertEquals(texts("h2")[1], "Sensitivity");
  for (const label of ["Accuracy", "UF1", "UAR"]) {
    assertStringIncludes(html, `aria-label="${label} over λ1 (λ2 = 1 − λ1)"`);
  }
  assertEquals(texts(".legend")[0], "lightmanmultitaskbefore calibration");
  const figure = html.split('aria-label="Accuracy over')[1]!.split("</svg>")[0]!;
  assertEquals(figure.match(/<circle/g)?.length, 4);
  assertEquals(render(study([row("a"), row("b")])).texts("h2").includes("Sensitivity"), false);
});

Deno.test("renderStudy() begins every kind of corruption at the clean row, and averages over kinds", () => {
  const noisy = (series: string, x: number, after: number) =>
    row(`${series} ${x}`, { x, series }, { after: interval(after, after, after) });
  const { texts, html } = render(
    study([
      noisy("maml", 0, 0.8),
      noisy("maml, mask", 0.5, 0.7),
      noisy("maml, noise", 0.5, 0.6),
    ], { protocol: "noise" }),
  );
  assertEquals(texts(".legend")[0], "maml, maskmaml, noisebefore calibration");
  const figure = html.split('aria-label="Accuracy over')[1]!.split("</svg>")[0]!;
  assertEquals(figure.match(/<circle/g)?.length, 4, "the clean point is the start of both lines");
  assertStringIncludes(texts(".fixed tbody tr").join("|"), "maml50 %280.0 %65.0 %−15.0");
});

Deno.test("renderStudy() draws one curve for rows that read the same trainings", () => {
  const other = row("other", { curve: [{ step: 1, loss: 2, accuracy: 0.1 }] });
  const { texts } = render(study([row("a"), row("a, K = 1"), other]));
  assertEquals(texts(".legend").at(-1), "a; a, K = 1other");
});

Deno.test("renderStudy() shows how θ was chosen where it was, and says the last θ elsewhere", () => {
  const curve = [{ step: 5, score: 0.5 }, { step: 10, score: 0.625 }, { step: 15, score: 0.6 }];
  const selection = { shots: 0, steps: [15, 5, 10], score: 0.6789, curve };
  const { html, texts } = render(
    study([row("a", { selection }), row("b", { selection: { ...selection, shots: 1, steps: [10, 10, 10] } })]),
  );
  assertStringIncludes(html, "The θ with the best score on validation subjects");
  assertStringIncludes(html, "UF1 on validation subjects over outer steps");
  assertEquals(html.includes("last θ"), false);
  const table = texts("tr").filter((text) => text.includes("67.9 %"));
  assertEquals(table, [
    "aθ as it is10 5 to 1567.9 %",
    "bafter calibration with up to 1 clip a class1067.9 %",
  ]);
  const plain = render(study([row("a")])).html;
  assertStringIncludes(plain, "The last θ of a training is evaluated");
  assertEquals(plain.includes("validation"), false);
});

Deno.test("renderStudy() opens the confusion of two rows and folds the others", () => {
  const { all, texts } = render(study(["a", "b", "c", "d"].map((name) => row(name))));
  const matrices = all(".confusion");
  assertEquals(matrices.map((one) => one.closest("details") === null), [
    ...Array(4).fill(true),
    ...Array(4).fill(false),
  ]);
  assertEquals(texts("details summary").slice(-2), ["c", "d"]);
  assertEquals(texts(".confusion tbody tr:nth-child(1) td").slice(0, 4), ["660 %", "440 %", "990 %", "110 %"]);
});

Deno.test("renderStudy() has a line of counts for every fold, of several folds and not too many classes", () => {
  const fold = (heldout: string[], after: number[][]) => ({
    heldout,
    confusion: { before: after.toReversed(), after },
  });
  const folds = [fold(["db/1"], [[3, 1], [0, 0]]), fold(["db/2", "db/3", "db/4", "db/5"], [[6, 0], [2, 8]])];
  const { texts } = render(study([row("a", { folds }), row("b", { folds: folds.slice(0, 1) })]));
  assertEquals(texts(".folds tbody tr"), ["1: db/1475.0 %31··", "2: db/2, db/3 and 2 more1687.5 %6028"]);
  assertEquals(texts("details summary").filter((text) => text.startsWith("By fold")), ["By fold, after calibration"]);
  const classes = ["a", "b", "c", "d", "e", "f", "g"];
  const matrix = classes.map(() => classes.map(() => 1));
  const wide = row("a", {
    confusion: { before: matrix, after: matrix },
    folds: [fold(["db/1"], matrix), fold(["db/2"], matrix)],
  });
  assertEquals(render(study([wide], { classes })).texts(".folds"), []);
});

Deno.test("renderStudy() shows every subject in every row", () => {
  const { texts, html } = render(
    study([row("a"), row("b", { subjects: [{ name: "db/s03", clips: 1, before: 0, after: 1 }] })]),
  );
  assertEquals(texts(".shaded tbody tr"), [
    "db/s0180.0 % of 10–",
    "db/s0260.0 % of 10–",
    "db/s03–100.0 % of 1",
    ...["4", "5", "6"].map((n) => `db/s0${n}60.0 % of 10–`),
  ]);
  assertStringIncludes(html, 'aria-label="Accuracy of each held-out subject');
});

Deno.test("renderStudy() puts published figures beside ours where the composite's databases occur", () => {
  const people = (names: readonly string[]) => ({
    subjects: names.map((name) => ({ name: `${name}/1`, clips: 3, before: 0.5, after: 0.5 })),
    databases: names.map((database) => ({
      database,
      clips: 3,
      before: { accuracy: 0, uf1: 0, uar: 0, macroF1: 0 },
      after: { accuracy: 0, uf1: 0.611, uar: 0.622, macroF1: 0 },
      confusion: [[1, 0], [0, 1]],
    })),
  });
  const { texts, html } = render(study([row("maml", { shots: 0, ...people(["casme2", "smic"]) })]));
  assertEquals(texts(".ours td"), ["71.2 / 71.2", "61.1 / 62.2", "61.1 / 62.2", "–", "this run"]);
  assertStringIncludes(html, "pools casme2, smic, the published one SMIC, CASME II and SAMM: compare by database");
  const lines = texts(".fixed tbody tr");
  // Wrong and oracle-selected figures are marked, and the right recall stands beside the printed precision.
  assert(lines.some((line) => /^STSTNet \(c\)73\.5 \/ 76\.\d 71\.9/.test(line)), lines.join("\n"));
  assert(lines.some((line) => line.startsWith("HTNet (d)")));
  assertStringIncludes(html, "(d) Oracle selection");
  const whole = render(study([row("maml", { shots: 0, ...people(["casme2", "samm", "smic"]) })]));
  assertEquals(whole.html.includes("compare by database"), false);
  // One database alone has no figure over all.
  const { databases: _, ...smic } = people(["SMIC-HS"]);
  assertEquals(render(study([row("maml", smic)])).texts(".ours td").slice(0, 4), ["–", "71.2 / 71.2", "–", "–"]);
  assertEquals(render(study([row("maml")])).html.includes("MEGC2019 composite"), false);
});

Deno.test("renderStudy() shows the paper's tables for fewshot and ablation, with what is known of them", () => {
  const fewshot = render(study([row("maml")], { protocol: "fewshot" }));
  assertEquals(fewshot.texts("h3").slice(0, 3).map((title) => title.slice(0, 16)), [
    "This run, on db:",
    "Table 2 of the p",
    "Table 1 of the p",
  ]);
  assertStringIncludes(fewshot.html, "Printed without code, splits or logs");
  const ablation = render(study([row("maml")], { protocol: "ablation" }));
  assert(ablation.texts(".fixed tbody tr").includes("Conv4, both (LightmanNet)91.10 ± 0.4392.01 ± 0.4288.87 ± 0.49"));
  for (const protocol of ["lambda", "noise", "steps"]) {
    assertStringIncludes(render(study([row("maml")], { protocol })).html, "The paper");
  }
});

Deno.test("PUBLISHED has STSTNet's recall as its authors' log counts it, and whole tables", () => {
  const logs = {
    full: [[219, 22, 9], [40, 62, 7], [21, 3, 59]],
    smic: [[54, 10, 6], [17, 30, 4], [14, 1, 28]],
    casme2: [[83, 5, 0], [12, 19, 1], [2, 0, 23]],
    samm: [[82, 7, 3], [11, 13, 2], [5, 2, 8]],
  };
  const ststnet = PUBLISHED.composite.find((one) => one.method === "STSTNet")!;
  for (const [column, log] of Object.entries(logs)) {
    const key = column as keyof typeof logs;
    assertEquals(uar(log).toFixed(4), PUBLISHED.recounted.STSTNet![key].toFixed(4));
    assertEquals(uf1(log).toFixed(4), ststnet[key]![0].toFixed(4));
    assert(Math.abs(uar(log) - ststnet[key]![1]) > 0.01, "what is printed is no recall");
  }
  for (const one of PUBLISHED.composite) {
    for (const key of one.caveats) assert(PUBLISHED.caveats[key], `${one.method} has no caveat ${key}`);
  }
  for (const { columns, rows, title } of PUBLISHED.tables) {
    for (const { method, figures } of rows) assertEquals(figures.length, columns.length, `${title}: ${method}`);
  }
});

Deno.test("renderStudy() escapes everything that comes from outside", () => {
  const evil = `<script>alert("1")</script>&'`;
  const wicked = (protocol: string) => {
    const whole = row(evil, {
      x: 1,
      series: evil,
      subjects: [{ name: `${evil}/1`, clips: 1, before: 0, after: 1 }],
      databases: [evil, "smic"].map((database) => ({
        database,
        clips: 1,
        before: { accuracy: 0, uf1: 0, uar: 0, macroF1: 0 },
        after: { accuracy: 0, uf1: 0, uar: 0, macroF1: 0 },
        confusion: [[1]],
      })),
    });
    const data = study([whole, { ...whole, x: 2, curve: [] }, { name: evil, shots: 0, failed: evil }], {
      protocol,
      summary: evil,
      notes: [evil],
      classes: [evil, "b"],
    });
    const environment = { ...data.environment, backend: evil, why: evil, commit: evil, more: { [evil]: evil } };
    return { ...data, title: evil, created: evil, config: { [evil]: evil }, environment };
  };
  for (const protocol of ["loso", "cde", "fewshot", "noise", "ablation", "lambda", "steps", evil]) {
    const { html } = render(wicked(protocol));
    assertEquals(/<script/i.test(html), false, protocol);
    assertStringIncludes(html, "&lt;script&gt;");
  }
});

Deno.test("renderStudy() needs no network and no script, and stays small", () => {
  const curve = Array.from({ length: 20_000 }, (_, i) => ({ step: i, loss: Math.sin(i), accuracy: 0.5 }));
  const rows = Array.from(
    { length: 20 },
    (_, i) => row(`row ${i}`, { curve: curve.map((step) => ({ ...step, loss: i })), x: i, series: "s" }),
  );
  const { html } = render(study(rows, { protocol: "fewshot" }));
  assertEquals(html.match(/(?:src|href|url\(|@import|<link|<script)[^>]*/g), null);
  assertEquals(html.replaceAll("http://www.w3.org/", "").includes("http"), false);
  assert(html.length < 600_000, `${html.length} characters`);
});

Deno.test("renderStudy() shows notes, caution, configuration and environment", () => {
  const { texts, html } = render(study([row("a")], { notes: ["Class z is rare."] }));
  assertEquals(texts(".notes li"), ["Class z is rare."]);
  assertStringIncludes(html, "detect lies");
  const facts = texts(".facts tr");
  for (const fact of ["alpha0.2", "synthetic.rho0.6", "backendwasm", "duration1 min 1 s", "commitabc1234"]) {
    assert(facts.includes(fact), `${fact} in ${facts.join(" | ")}`);
  }
  assertMatch(html, /^<!doctype html>\n<html lang="en">/);
});

Deno.test("renderStudy() refuses a confusion matrix of another size", () => {
  const bad = study([row("a", { confusion: { before: [[1]], after: [[1, 0], [0, 1]] } })]);
  assertThrows(() => renderStudy(bad), TypeError, "expected 2 by 2, got 1 by 1");
});

Deno.test("renderStudy() colours a difference only when its printed interval leaves zero out", () => {
  const { texts } = render(study([row("a", {}, { gain: interval(0.1, 0.0004, 0.2) }), row("b")]));
  assertEquals(texts("small.more").length, 4, "the row whose lower bound is printed as zero has none");
});

Deno.test("renderStudy() keeps the numbers of intervals over fewer than five subjects out", () => {
  const few = (one: Interval): Interval => ({ ...one, low: null, high: null, reason: "too few" });
  const metric = { before: few(METRIC.before), after: few(METRIC.after), gain: few(METRIC.gain) };
  const rows = [row("a", { x: 1, series: "s" }, metric), row("b", { x: 2, series: "s" }, metric)];
  const { texts, html } = render(study(rows, { protocol: "fewshot" }));
  assertEquals(texts(".rows tbody td")[0], "50.0 → 71.2gain +21.2");
  assertStringIncludes(html, "too few subjects for an interval");
  assertEquals(/\[(?:\+5\.0|60\.0)/.test(html), false);
  assertEquals(texts("small.more"), []);
});

Deno.test("renderStudy() puts the mean over runs wherever one figure stands for a row", () => {
  const flat = { mean: 0.333, half: 0.01 };
  const runs = { before: flat, after: flat, gain: flat };
  const { texts, html } = render(study([row("a", { shots: 0 }, { runs })], { protocol: "fewshot" }));
  assertEquals(texts(".ours td")[0], "33.3 ± 1.0");
  assertStringIncludes(html, "Each held-out subject, of the first run");
  assertStringIncludes(html, "Student's t");
});

Deno.test("renderStudy() marks a reference in each group", () => {
  const { texts, html } = render(study([
    row("a, clean", { group: "a" }),
    row("a, mask", { group: "a" }),
    row("b, clean", { group: "b" }),
    row("b, mask", { group: "b" }),
  ]));
  assertEquals(texts(".rows tbody th"), ["a, clean ◆", "a, mask", "b, clean ◆", "b, mask"]);
  assertStringIncludes(html, "the row with ◆ of the same algorithm");
});

Deno.test("renderStudy() says tasks where tasks are resampled, without tables of faces", () => {
  const tasks = Array.from({ length: 9 }, (_, i) => ({ name: `task/000${i}`, clips: 3, before: 0.5, after: 0.6 }));
  const { html } = render(study([row("maml", { subjects: tasks })], { protocol: "fewshot", resampled: "tasks" }));
  assertStringIncludes(html, "interval of the last figure over resampled tasks");
  for (const wrong of ["SAMM", "This run, on", "Each held-out subject", "resampled subjects"]) {
    assertEquals(html.includes(wrong), false, wrong);
  }
});

Deno.test("renderStudy() names the rows of a setting that differs", () => {
  const rows = [["a", 0.2], ["b", 0.1], ["c", 0.2]] as const;
  const { texts } = render(study(rows.map(([name, alpha]) => row(name, { settings: { alpha } }))));
  assertEquals(texts(".facts tr").includes("alpha0.2 (a; c), 0.1 (b)"), true);
});

Deno.test("renderStudy() says the chance level, and that many rows are compared, once", () => {
  const times = (rows: number, text: string) =>
    render(study(Array.from({ length: rows }, (_, i) => row(`row ${i}`)))).html.split(text).length - 1;
  assertEquals(times(3, "(1/2)"), 1);
  assertEquals([1, 3].map((rows) => times(rows, "without correction for multiple comparison")), [0, 1]);
});
