import { assert, assertEquals } from "@std/assert";
import { soakKills } from "../../../scripts/_soak/soak_kills.ts";
import { needs } from "../../_util/needs.ts";

Deno.test({
  ...needs(
    Deno.build.os === "linux",
    "no /proc",
    "after five kill -9 with a store that fails, all that was acknowledged is there and nothing half-written",
  ),
  async fn() {
    const { faults, figures } = await soakKills({
      kills: 5,
      maxMs: 1500,
      seed: 1,
      signal: new AbortController().signal,
    });
    assertEquals(faults, []);
    assertEquals(figures.kills, 5);
    assert(Number(figures.promotions) > 0 && Number(figures.runs) > 0, JSON.stringify(figures));
  },
});
