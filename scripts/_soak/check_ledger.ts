import {
  listModels,
  listSubjects,
  loadModel,
  loadSubject,
  NotFoundError,
  type ObjectStore,
} from "../../lib/storage/mod.ts";
import type { Ledger } from "./ledger.ts";

const TENANT = "default";

/** The versions of an alias, oldest first. */
async function historyOf(store: ObjectStore, model: string, alias: string): Promise<string[]> {
  const keys = await store.list(`tenants/${TENANT}/models/${model}/aliases/${alias}/`);
  const decoder = new TextDecoder();
  const manifests = await Promise.all(keys.map(async (key) => JSON.parse(decoder.decode((await store.get(key))!))));
  return manifests.map(({ version }) => version);
}

/** Whether the first list stands in the second, in its order. */
function isWithin(few: readonly string[], many: readonly string[]): boolean {
  let at = 0;
  for (const one of many) if (one === few[at]) at++;
  return at === few.length;
}

/**
 * Holds a store against a ledger after a crash: everything acknowledged is there, and nothing half-written is visible.
 *
 * @returns What is wrong.
 */
export async function checkLedger(store: ObjectStore, ledger: Ledger): Promise<string[]> {
  const faults: string[] = [];
  for (const { name, versions, aliases } of await listModels(store, TENANT)) {
    for (const version of new Set([...versions, ...Object.values(aliases)])) {
      await loadModel(store, TENANT, name, { version }).catch((error) =>
        faults.push(`model ${name} ${version}: ${error}`)
      );
    }
  }
  const history = await historyOf(store, "lightman", "stable");
  if (!isWithin(ledger.promoted, history)) {
    faults.push(`promotions: acknowledged ${ledger.promoted.join(" ")}, in the store ${history.join(" ")}`);
  }
  const listed = new Set(await listSubjects(store, TENANT));
  for (const subject of listed) {
    if (ledger.erased.has(subject)) faults.push(`${subject} was erased and is listed`);
    await loadSubject(store, TENANT, subject).catch((error) => {
      // An erasure that was interrupted may have begun.
      if (!(ledger.erasing.has(subject) && error instanceof NotFoundError)) {
        faults.push(`listed subject ${subject}: ${error}`);
      }
    });
  }
  for (const subject of ledger.erased) {
    const left = await store.list(`tenants/${TENANT}/subjects/${subject}/`);
    if (left.length > 0) faults.push(`${subject} was erased and has ${left.join(", ")}`);
  }
  for (const [subject, version] of ledger.calibrated) {
    if (ledger.erased.has(subject) || ledger.erasing.has(subject)) continue;
    const stored = await loadSubject(store, TENANT, subject).catch((error) => String(error));
    if (typeof stored === "string") faults.push(`${subject}: ${stored}`);
    else if (stored.version !== version && !ledger.uncertain.has(subject)) {
      faults.push(`${subject}: acknowledged ${version}, in the store ${stored.version}`);
    }
  }
  return faults;
}
