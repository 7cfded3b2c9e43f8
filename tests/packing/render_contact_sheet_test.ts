import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseHTML } from "linkedom";
import { checkClips, renderContactSheet, summarizeClips } from "../../lib/packing/mod.ts";
import { RECIPE, tempFolder, writeClips } from "./_util/clips.ts";

interface Node {
  readonly textContent: string;
  readonly parentElement: Node | null;
  getAttribute(name: string): string | null;
}

interface Page {
  readonly body: Node;
  querySelector(selector: string): Node | null;
  querySelectorAll(selector: string): Iterable<Node> & { readonly length: number };
}

async function pageOf(shown: readonly number[]) {
  await using folder = await tempFolder();
  const clips = await writeClips(folder.path, 4);
  const entries = clips.map((entry, i) => ({
    ...entry,
    ...(i === 1 && { id: "<script>alert(1)</script>", subject: '"><img src=x>', actionUnits: "<i>R12</i>\n4 2" }),
    ...(i === 3 && { path: "/nowhere" }),
  }));
  const findings = new Map([["demo", [{ file: "/a&b.csv", line: 3, message: "<b>odd</b>" }]]]);
  const checked = await checkClips(entries, RECIPE, { workers: 0, pictures: new Set(shown) });
  const summaries = summarizeClips(entries, checked.map(({ facts }) => facts), findings);
  const html = renderContactSheet({ recipe: RECIPE, summaries, entries, checked, findings, shown });
  return { html, document: (parseHTML(html) as unknown as { document: Page }).document };
}

Deno.test("renderContactSheet() shows the chosen clips, marks frames with their numbers, says what is left out", async () => {
  const { html, document } = await pageOf([0, 1]);
  assertEquals(document.querySelectorAll("figure").length, 2);
  const words = [...document.querySelectorAll("figure:first-child .frame")].map((node) => node.textContent);
  assertEquals(words.slice(0, 3), ["onset 1", "apex 3", "offset 4"]);
  assertStringIncludes(html, "2 of 4 clips are left out");
  assertStringIncludes(html, "1 of 2 clips shown");
  assertStringIncludes(document.body.textContent, "Faces are personal data");
});

Deno.test("renderContactSheet() escapes every name and loads nothing from outside", async () => {
  const { html, document } = await pageOf([0, 1, 2]);
  assertEquals(document.querySelectorAll("script").length, 0);
  assertStringIncludes(document.body.textContent, "<script>alert(1)</script>");
  assertEquals([...document.querySelectorAll(".units")].map((node) => node.textContent), ["AU <i>R12</i>\n4 2"]);
  assertStringIncludes(document.body.textContent, "/a&b.csv, row 3: <b>odd</b>");
  const sources = [...document.querySelectorAll("img")].map((node) => node.getAttribute("src")!);
  assert(sources.length > 0 && sources.every((source) => source.startsWith("data:image/png;base64,")));
  assert(!/https?:|url\(|@import/.test(html));
});

Deno.test("renderContactSheet() lists clips that cannot be read, and has no card for them", async () => {
  const { document } = await pageOf([2, 3]);
  assertEquals(document.querySelectorAll("figure").length, 1);
  assertStringIncludes(document.querySelector("h3.broken")!.parentElement!.textContent, "line 5");
});

Deno.test("renderContactSheet() has findings and unreadable clips before what can be scrolled away", async () => {
  const { html, document } = await pageOf([0, 3]);
  const heads = [...document.querySelectorAll("thead th")].map((node) => node.textContent);
  assertEquals(heads.slice(0, 5), ["Database", "Clips", "Subjects", "Findings", "Unreadable"]);
  const cells = [...document.querySelectorAll("tbody td")].map((node) => node.textContent);
  assertEquals(cells.slice(2, 4), ["1", "1"]);
  assertStringIncludes(html, "minmax(min(23rem,100%),1fr)");
});
