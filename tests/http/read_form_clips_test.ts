import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { createBaseApp, type Limits, prepareClips, readClips } from "../../lib/http/mod.ts";
import { greyPng, json, problemOf, testDeps } from "../_util/http_fixture.ts";

const RECIPE = { frames: 2, size: 4, channels: 1, input: "frames", time: "tim" } as const;

function setUp(limits: Partial<Limits> = {}) {
  const app = createBaseApp({ ...testDeps(), limits }, { ready: () => Promise.resolve(null) });
  app.post("/", async (c) => {
    const { clips, fields } = await readClips(c);
    const pixels = await prepareClips(clips, RECIPE);
    return c.json({ clips: clips.map(({ label, kind }) => [label, kind]), fields, pixels: [...pixels] });
  });
  return (request: RequestInit) => app.request("/", request);
}

const png = (value: number) => Uint8Array.fromBase64(greyPng(value));
type Part = readonly [name: string, content: Uint8Array<ArrayBuffer> | string];

/** A form as fetch sends it. */
function form(parts: readonly Part[]): RequestInit {
  const data = new FormData();
  for (const [name, content] of parts) {
    if (typeof content === "string") data.append(name, content);
    else data.append(name, new Blob([content], { type: "image/png" }), `${name}.png`);
  }
  return { method: "POST", body: data };
}

/** A form written by hand, byte by byte. */
function raw(body: string | Uint8Array<ArrayBuffer>, type = "multipart/form-data; boundary=B"): RequestInit {
  return { method: "POST", headers: { "Content-Type": type }, body };
}

const meta = (frames: string[][], fields = {}) =>
  JSON.stringify({ clips: frames.map((names, i) => ({ frames: names, label: `l${i}` })), ...fields });
const GOOD: readonly Part[] = [["meta", meta([["a", "b"]], { subject: "s" })], ["a", png(7) as Part[1]], [
  "b",
  png(9) as Part[1],
]];

Deno.test("readClips() gives the same clips from a form as from JSON", async () => {
  const ask = setUp();
  const want = await (await ask(json({
    ...{ clips: [{ frames: [greyPng(7), greyPng(9)], label: "l0" }], subject: "s" },
  }))).json();
  assertEquals(want.clips, [["l0", "micro"]]);
  assertEquals(await (await ask(form(GOOD))).json(), want);
  assertEquals(await (await ask(form(GOOD.toReversed()))).json(), want);
});

const LATIN = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const bytesOf = (name: string, value: number) =>
  `--B\r\ncontent-disposition: form-data; filename="x; name=\\"y\\""; name="${name}"\r\n\r\n` +
  `${String.fromCharCode(...png(value))}\r\n`;
const metaPart = (text: string) => `--B\r\nContent-Disposition: form-data; name=meta\r\n\r\n${text}\r\n`;

Deno.test("readClips() reads a form with preamble, epilogue, odd header case, escaped quotes and a quoted boundary", async () => {
  const text = `hello\r\n${metaPart(meta([["p-1", "p-2"]]))}${bytesOf("p-1", 3)}${bytesOf("p-2", 5)}--B--\r\ngoodbye`;
  const answer = await setUp()(raw(LATIN(text), 'Multipart/Form-Data; charset=x; boundary="B"'));
  assertEquals([answer.status, (await answer.json()).pixels], [200, [...Array(16).fill(3), ...Array(16).fill(5)]]);
});

const end = "--B--\r\n";
const BAD: readonly [why: string, request: RequestInit, status: number, fields: string[]][] = [
  ["no boundary", raw("", "multipart/form-data"), 400, []],
  ["a boundary of 71 characters", raw("", `multipart/form-data; boundary=${"x".repeat(71)}`), 400, []],
  ["a boundary of other characters", raw("", 'multipart/form-data; boundary="a{b"'), 400, []],
  ["an empty body", raw(""), 400, []],
  ["another boundary in the body", raw(metaPart("{}").replace("--B", "--C") + "--C--"), 400, []],
  ["a part without end", raw(metaPart("{}")), 400, []],
  ["headers without end", raw("--B\r\nContent-Disposition: form-data; name=meta\r\n"), 400, []],
  ["a boundary that goes on", raw("--Bx\r\n\r\n--B--"), 400, []],
  ["a part without headers", raw("--B\r\n\r\n\r\n--B--"), 400, []],
  ["a header that is none", raw("--B\r\nhello\r\n\r\n\r\n--B--"), 400, []],
  ["a part without a name", raw("--B\r\nContent-Disposition: form-data\r\n\r\n\r\n--B--"), 400, []],
  ["a part with an empty name", raw('--B\r\nContent-Disposition: form-data; name=""\r\n\r\n\r\n--B--'), 400, []],
  [
    "a part with two names",
    raw(metaPart("{}").replace("\r\n\r\n", "\r\nContent-Disposition: form-data; name=a\r\n\r\n") + end),
    400,
    [],
  ],
  [
    "base64 as transfer encoding",
    raw(metaPart("{}").replace("\r\n\r\n", "\r\nContent-Transfer-Encoding: base64\r\n\r\n") + end),
    400,
    [],
  ],
  ["headers that are no UTF-8", raw(LATIN(metaPart("{}").replace("name=meta", "name=\xff") + end)), 400, []],
  ["no meta", form(GOOD.slice(1)), 422, ["meta"]],
  ["meta that is no JSON", form([["meta", "{"], ...GOOD.slice(1)]), 400, ["meta"]],
  ["meta with a key twice", form([["meta", '{"a":1,"a":2}']]), 400, ["meta"]],
  ["meta too deep", form([["meta", "[".repeat(40)]]), 413, ["meta"]],
  ["an empty meta", form([["meta", ""]]), 400, ["meta"]],
  ["a wrong field in meta", form([["meta", JSON.stringify({ clips: [{ frames: ["a"], x: 1 }] })], GOOD[1]!]), 422, [
    "clips.0.x",
  ]],
  ["a part that is missing", form(GOOD.slice(0, 2)), 422, ["clips.0.frames.1"]],
  ["a part that no frame names", form([...GOOD, ["c", png(1) as Part[1]]]), 422, ["c"]],
  ["a part twice", form([...GOOD, GOOD[1]!]), 422, ["a"]],
  ["meta twice", form([...GOOD, GOOD[0]!]), 422, ["meta"]],
  ["one part for two frames", form([["meta", meta([["a"], ["a"]])], GOOD[1]!]), 422, ["clips.1.frames.0"]],
  ["meta as a frame", form([["meta", meta([["meta"]])]]), 422, ["clips.0.frames.0"]],
  ["a part that is no picture", form([["meta", meta([["a"]])], ["a", "hello"]]), 422, ["clips.0.frames.0"]],
  ["an empty part", form([["meta", meta([["a"]])], ["a", ""]]), 422, ["clips.0.frames.0"]],
];

for (const [why, request, status, fields] of BAD) {
  Deno.test(`readClips() answers ${status} to a form with ${why}`, async () => {
    const problem = await problemOf(await setUp()(request));
    assertEquals([problem.status, problem.fields], [status, fields], problem.detail);
  });
}

const LIMITED: readonly [why: string, limits: Partial<Limits>, request: RequestInit, fields: string[]][] = [
  ["too many bytes", { bodyBytes: 100 }, form(GOOD), []],
  ["too many parts", { clips: 1, frames: 1 }, form(GOOD), []],
  ["part headers too long", {}, raw(metaPart("{}").replace("name=", `x=${"y".repeat(5000)}; name=`) + end), []],
  ["too many clips", { clips: 1 }, form([["meta", meta([["a"], ["b"]])]]), ["clips"]],
  ["too many frames", { frames: 1 }, form([GOOD[0]!]), ["clips.0.frames"]],
  ["a picture of too many pixels", { imagePixels: 15 }, form(GOOD), ["clips.0.frames.0"]],
  ["too many pixels in all", { requestPixels: 31 }, form(GOOD), ["clips.0"]],
];

for (const [why, limits, request, fields] of LIMITED) {
  Deno.test(`readClips() answers 413 to a form with ${why}`, async () => {
    const problem = await problemOf(await setUp(limits)(request));
    assertEquals([problem.status, problem.fields], [413, fields]);
  });
}

Deno.test("readClips() takes any bytes in a part, also those that look like a boundary's beginning", async () => {
  const ask = setUp();
  const tricky = fc.array(fc.constantFrom("\r", "\n", "-", "B", "\r\n--", "\r\n-", "x"), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(tricky, async (words) => {
      const content = words.join("");
      fc.pre(!`\r\n${content}`.includes("\r\n--B"));
      // Not a picture, so it is named as such: the form was read and the part's bytes reached the frame.
      const body = `${
        metaPart(meta([["a"]]))
      }--B\r\nContent-Disposition: form-data; name=a\r\n\r\n${content}\r\n${end}`;
      const problem = await problemOf(await ask(raw(body)));
      assertEquals([problem.status, problem.fields], [422, ["clips.0.frames.0"]]);
    }),
    { numRuns: 200 },
  );
});

Deno.test("readClips() answers every mutated form with a 4xx or its clips", async () => {
  const ask = setUp();
  const whole = new Uint8Array(await new Response(form(GOOD).body).arrayBuffer());
  const boundary = new TextDecoder().decode(whole.subarray(2, whole.indexOf(13)));
  const mutation = fc.tuple(fc.nat(whole.length - 1), fc.nat(255), fc.constantFrom("set", "cut", "drop"));
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 5 }), async (mutations) => {
      let bytes = [...whole];
      for (const [at, value, how] of mutations) {
        if (how === "set") bytes[at] = value;
        else if (how === "cut") bytes = bytes.slice(0, at + 1);
        else bytes.splice(at, 1 + value % 5);
      }
      const answer = await ask(raw(Uint8Array.from(bytes), `multipart/form-data; boundary=${boundary}`));
      assert(answer.status === 200 || (answer.status >= 400 && answer.status < 500), `${answer.status}`);
      await answer.body?.cancel();
    }),
    { numRuns: 300 },
  );
});

Deno.test("a hostile form of line breaks costs no time to speak of", async () => {
  const body = new Uint8Array(8 * 2 ** 20).fill(13);
  const started = performance.now();
  assertEquals((await problemOf(await setUp()(raw(body)))).status, 400);
  assert(performance.now() - started < 3000);
});
