import { bombs } from "./bombs.ts";

/** What came of a bomb. */
export interface BombResult {
  readonly what: string;
  readonly status: number;
  readonly ms: number;
  /** What is wrong with that; null when it was refused as it should be. */
  readonly fault: string | null;
}

/** Sends every bomb and looks at the answer. */
export async function throwBombs(send: (request: Request) => Promise<Response>): Promise<BombResult[]> {
  const results: BombResult[] = [];
  for (const { what, statuses, method, path, headers, body } of bombs()) {
    const begun = performance.now();
    const init = { method, headers, body: body as BodyInit, signal: AbortSignal.timeout(30_000) };
    try {
      const response = await send(new Request(`http://127.0.0.1${path}`, init));
      const ms = Math.round(performance.now() - begun);
      const text = await response.text();
      const right = statuses.includes(response.status);
      const fault = right
        ? null
        : `${what}: expected ${statuses.join(" or ")}, got ${response.status}: ${text.slice(0, 200)}`;
      results.push({ what, status: response.status, ms, fault });
    } catch (error) {
      results.push({
        what,
        status: 0,
        ms: Math.round(performance.now() - begun),
        fault: `${what}: no answer: ${error}`,
      });
    }
  }
  return results;
}
