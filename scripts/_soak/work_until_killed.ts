import { type Client, ClientError } from "../../lib/client/mod.ts";
import type { Random } from "../../lib/random/mod.ts";
import type { Ledger } from "./ledger.ts";
import { makeClips } from "./make_clips.ts";

/** A run of a second or so. */
export const RUN = {
  ...{ outerSteps: 12, size: 16, channels: 2, frames: 2, decoder: "none", shots: 1, queries: 1, macros: 1 },
  ...{ tasksPerStep: 1, checkpointEvery: 1, synthetic: { trainSubjects: 2, holdoutSubjects: 1 } },
};

/** What a host may answer under faults, beside what was asked for: a masked failure, or that it is full. */
function isFailure(error: unknown): boolean {
  return !(error instanceof ClientError) || error.status >= 500;
}

/** What a round is told. */
interface Work {
  readonly client: Client;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly versions: readonly string[];
  /** A name that no subject had before. */
  newSubject(): string;
  /** Subjects of earlier lives. */
  readonly earlier: readonly string[];
  readonly signal: AbortSignal;
}

async function calibrate({ client, ledger, random, newSubject, signal }: Work): Promise<void> {
  for (let subject = newSubject(); !signal.aborted;) {
    const clips = makeClips(2, { frames: 2, size: 16, phase: Math.floor(random.range(0, 1000)) });
    ledger.uncertain.add(subject);
    const { version } = await client.calibrate(subject, { clips });
    ledger.calibrated.set(subject, version);
    ledger.uncertain.delete(subject);
    if (random.uniform() < 0.5) subject = newSubject();
  }
}

/** Erases subjects of earlier lives, which nobody calibrates any more. */
async function erase({ client, ledger, random, earlier, signal }: Work): Promise<void> {
  while (!signal.aborted) {
    const left = earlier.filter((subject) => !ledger.erased.has(subject) && !ledger.erasing.has(subject));
    if (left.length === 0) return await untilAborted(signal);
    const subject = left[Math.floor(random.range(0, left.length))]!;
    ledger.erasing.add(subject);
    await client.erase(subject);
    ledger.erased.add(subject);
    ledger.erasing.delete(subject);
    await new Promise((resolve) => setTimeout(resolve, random.range(0, 1000)));
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

async function promote({ client, ledger, random, versions, signal }: Work): Promise<void> {
  while (!signal.aborted) {
    const version = versions[Math.floor(random.range(0, versions.length))]!;
    await client.promote("lightman", "stable", version);
    ledger.promoted.push(version);
    await new Promise((resolve) => setTimeout(resolve, random.range(0, 40)));
  }
}

async function train({ client, ledger, signal }: Work): Promise<void> {
  while (!signal.aborted) {
    const { id } = await client.startRun(RUN, { model: "trained" });
    ledger.runs.add(id);
    for await (const _event of client.runEvents(id, { signal }));
  }
}

/**
 * Trains, calibrates, erases and promotes at once until the signal aborts, and writes down what was acknowledged.
 *
 * @returns Answers that a client must not get, whatever the store does.
 */
export async function workUntilKilled(work: Work): Promise<string[]> {
  const wrong: string[] = [];
  const again = async (task: (work: Work) => Promise<void>) => {
    while (!work.signal.aborted) {
      await task(work).catch((error) => {
        if (!work.signal.aborted && !isFailure(error)) wrong.push(`${task.name}: ${error}`);
      });
      // After an unanswered calibration its subject is left alone: what became of it is not known.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await Promise.all([again(calibrate), again(calibrate), again(erase), again(promote), again(train)]);
  return wrong;
}
