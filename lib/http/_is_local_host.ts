import type { Context } from "hono";
import { isLoopback } from "./_is_loopback.ts";
import type { AppEnv } from "./app_deps.ts";

/** The name or address of an authority, `name`, `name:port` or `[address]:port`; null when it is none. */
function hostnameOf(authority: string): string | null {
  return /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(authority)?.slice(1).find(Boolean) ?? null;
}

/**
 * Whether a request was sent to this machine by a name that is always its own: `localhost` or a loopback address. Any
 * other name may have been made to lead here by a page that wants to pass for the server's own (DNS rebinding).
 */
export function isLocalHost(c: Context<AppEnv>): boolean {
  const { host } = new URL(c.req.url);
  return [host, c.req.header("Host") ?? host].every((authority) => {
    const name = hostnameOf(authority)?.toLowerCase();
    return name !== undefined && (name === "localhost" || isLoopback(name));
  });
}
