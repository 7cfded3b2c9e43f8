// A server that only burns time: what the machine does to a load with whoever else uses it. Argument: milliseconds a request.
import { serveUntil } from "../../lib/http/mod.ts";
import { watchSignals } from "../../lib/process/mod.ts";

/** Counts up, so many steps. */
function burn(steps: number): number {
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += Math.sqrt(i);
  return sum;
}

/** Steps that take a millisecond: the median of some tries, on this machine as it is busy now. */
function stepsPerMs(): number {
  const tries = Array.from({ length: 21 }, () => {
    const begun = performance.now();
    burn(1e6);
    return 1e6 / (performance.now() - begun);
  });
  return tries.toSorted((a, b) => a - b)[10]!;
}

const steps = Number(Deno.args[0]) * stepsPerMs();
const watch = watchSignals();
await serveUntil(
  async (request) => {
    await request.arrayBuffer();
    return Response.json(burn(steps));
  },
  { port: 0, signal: watch.signal, log: (record) => console.log(JSON.stringify(record)) },
);
