import { assertEquals, assertThrows } from "@std/assert";
import { dataSources } from "../../scripts/_lib/data_sources.ts";
import { UsageError } from "../../scripts/_lib/usage_error.ts";

const flags = (text: string) =>
  text.split(" ").map((part) => part.split("=")).map(([flag, value]) => ({ flag: flag!, value: value! }));

Deno.test("dataSources() gives each --dataset the --root and --annotations after it, in order", () => {
  assertEquals(dataSources(flags("dataset=samm root=/s annotations=/s.xlsx size=8 dataset=casme2 root=/c")), [
    { dataset: "samm", root: "/s", annotations: "/s.xlsx" },
    { dataset: "casme2", root: "/c", annotations: null },
  ]);
});

Deno.test("dataSources() refuses what belongs to no data set, or twice to one, and data sets without a root", () => {
  for (
    const [text, message] of [
      ["root=/s dataset=samm", "Cannot use --root /s: expected --dataset before it"],
      ["dataset=samm root=/s root=/t", "samm has --root /s already"],
      ["dataset=samm dataset=casme2 root=/c", "without --root DIR after --dataset samm"],
      ["size=8", "without --dataset NAME --root DIR"],
    ]
  ) assertThrows(() => dataSources(flags(text!)), UsageError, message!);
});
