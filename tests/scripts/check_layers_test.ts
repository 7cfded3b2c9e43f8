import { assertEquals } from "@std/assert";
import { checkLayersOfRepository } from "../../scripts/check_layers.ts";

Deno.test("checkLayersOfRepository() finds no fault in this repository", async () => {
  assertEquals(await checkLayersOfRepository(), []);
});
