import * as z from "zod";
import { UsageError } from "../process/mod.ts";
import { isLoopback } from "./_is_loopback.ts";

const addressSchema = z.union([z.ipv4(), z.ipv6()]);

/**
 * Checks the address that a server shall listen on: without keys only this machine may reach it.
 *
 * @param setting What named it, for messages.
 * @param host The address.
 * @param options `keyed`: whether the server checks keys.
 * @returns The address.
 * @throws {UsageError} When it is no IP address, or reaches beyond this machine without keys.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { checkedHost } from "./mod.ts";
 * assertEquals(checkedHost("LIGHTMAN_HOST", "0.0.0.0", { keyed: true }), "0.0.0.0");
 * assertThrows(() => checkedHost("LIGHTMAN_HOST", "0.0.0.0", { keyed: false }), Error, "LIGHTMAN_KEYS");
 * ```
 */
export function checkedHost(setting: string, host: string, options: { readonly keyed: boolean }): string {
  const fail = (why: string) => new UsageError(`Cannot use ${setting}: ${why}, got ${JSON.stringify(host)}`);
  if (!addressSchema.safeParse(host).success) throw fail("expected an IP address");
  if (!options.keyed && !isLoopback(host)) {
    throw fail("expected 127.0.0.1, because without keys (LIGHTMAN_KEYS) only this machine may reach the server");
  }
  return host;
}
