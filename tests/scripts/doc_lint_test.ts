import { assertEquals } from "@std/assert";
import { checkDocstrings, type DocSymbol, readMarkdown } from "../../scripts/_lib/doc_lint.ts";

function symbol(kind: string, doc: string | undefined, tags: string[] = [], returnType?: unknown): DocSymbol {
  return {
    name: "x",
    declarations: [{
      kind,
      location: { filename: "lib/a/x.ts", line: 4 },
      ...(doc === undefined ? {} : { jsDoc: { doc, tags: tags.map((kind) => ({ kind })) } }),
      def: { returnType } as NonNullable<DocSymbol["declarations"][number]["def"]>,
    }],
  };
}

const faults = (...args: Parameters<typeof symbol>) => checkDocstrings([symbol(...args)]);
const NUMBER = { repr: "number" };

Deno.test("checkDocstrings() passes complete documentation", () => {
  assertEquals(faults("function", "Adds two.", ["return", "example"], NUMBER), []);
  assertEquals(faults("function", "Writes it.", ["example"], { repr: "void" }), []);
  assertEquals(faults("function", "Checks it.", ["example"], { repr: "asserts x is string" }), []);
  assertEquals(
    faults("function", "Writes it.", ["example"], { repr: "Promise", value: { typeParams: [{ repr: "void" }] } }),
    [],
  );
  assertEquals(faults("interface", "What runs, on two\nlines.\n\nmore"), []);
  assertEquals(faults("function", "a ∘ b, elementwise.", ["return", "example"], NUMBER), []);
});

Deno.test("checkDocstrings() names what is missing and where", () => {
  assertEquals(faults("interface", undefined), ["lib/a/x.ts:5 x has no docstring"]);
  assertEquals(faults("interface", "No full stop").length, 1);
  assertEquals(faults("interface", "Options.").length, 1);
  assertEquals(faults("function", "Adds two.", ["example"], NUMBER), ["lib/a/x.ts:5 x lacks @returns"]);
  assertEquals(faults("function", "Adds two.", ["return"], NUMBER), ["lib/a/x.ts:5 x lacks @example"]);
  const map = { repr: "Promise", value: { typeParams: [{ repr: "Map", value: { typeParams: [{ repr: "void" }] } }] } };
  assertEquals(faults("function", "Reads it.", ["example"], map), ["lib/a/x.ts:5 x lacks @returns"]);
  assertEquals(faults("function", "Infers it.", ["example"], undefined), ["lib/a/x.ts:5 x lacks @returns"]);
});

Deno.test("readMarkdown() lists relative links, named files and tasks", () => {
  const text = [
    "See [a](docs/a.md#part), [web](https://example.org/x), [here](#here), ![p](<p.png>) and `[no](b.md)`.",
    '<img src="docs/pic.png"> `scripts/train.ts` writes /tmp/lib/x.ts',
    "```sh\ndeno task train --steps 3 # [no](c.md)\nnpx -y deno@2.9.6 task serve:adapt\n```",
  ].join("\n");
  const { links, mentions, tasks } = readMarkdown(text);
  assertEquals(links, ["docs/a.md", "p.png", "docs/pic.png"]);
  assertEquals(mentions, ["docs/a.md", "docs/pic.png", "scripts/train.ts"]);
  assertEquals(tasks, ["train", "serve:adapt"]);
});
