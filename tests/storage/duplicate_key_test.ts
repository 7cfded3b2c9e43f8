import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { duplicateKey } from "../../lib/storage/mod.ts";

const spaces = " ".repeat(200);

const CASES: readonly [json: string, key: string | null][] = [
  ["{}", null],
  ['{"a":1,"a":2}', "a"],
  ['[{"a":1},{"a":2}]', null],
  ['{"a":{"a":{"a":1}},"b":["a","a"]}', null],
  ['{"a":"a","b":"a"}', null],
  ['{"a":{"x":1,"x":2}}', "x"],
  ['{"a":{"b":1},"a":2}', "a"],
  ['{"a":1,"\\u0061":2}', "a"],
  ['{"a\\\\":1,"a\\\\":2}', "a\\"],
  ['{"a\\"":1,"a\\\\":2}', null],
  ['{"x":"\\\\","x":"\\""}', "x"],
  [`{"a"${spaces}:1,"a"${spaces}:2}`, "a"],
  ['{"__proto__":1,"__proto__":2}', "__proto__"],
  ['"{\\"a\\":1,\\"a\\":2}"', null],
];

for (const [json, key] of CASES) {
  Deno.test(`duplicateKey() of ${json.replaceAll(spaces, " … ")} is ${key}`, () => {
    JSON.parse(json);
    assertEquals(duplicateKey(json), key);
  });
}

Deno.test("duplicateKey() finds none in what JSON.stringify() writes", () => {
  fc.assert(fc.property(fc.json(), (json) => assertEquals(duplicateKey(json), null)), { seed: 1, numRuns: 300 });
});
