import { fileStore, memoryStore, type ObjectStore } from "../../lib/storage/mod.ts";
import { needs } from "./needs.ts";
import { everyFile } from "./every_file.ts";
import { s3Server } from "./s3_server.ts";

/** A store that several processes use. */
export interface SharedStore {
  /** The store as one more process opens it. */
  open(): ObjectStore;
  /** How far a test that meets every step goes at a time; farther where steps take long. */
  readonly stride: number;
  /** Every name and every byte that is kept, of leftovers, old versions and deletion marks too. */
  everything(): Promise<{ readonly names: readonly string[]; readonly bytes: readonly Uint8Array[] }>;
}

const server = await s3Server();

async function everyObject(store: ObjectStore, names: readonly string[]) {
  const bytes = await Promise.all(names.map((name) => store.get(name)));
  return { names, bytes: bytes.filter((found) => found !== null) };
}

/**
 * Registers one test a kind of store: in memory, in files, on the real S3 server.
 *
 * @param name The test's name, in front of the store's.
 * @param test Run on a fresh store.
 */
export function onEachStore(name: string, test: (store: SharedStore) => Promise<void>): void {
  Deno.test(`${name}: memory`, () => {
    const store = memoryStore();
    return test({
      // Another object, as another process has one.
      open: () => ({ ...store }),
      stride: 1,
      everything: async () => await everyObject(store, await store.list("")),
    });
  });
  Deno.test(`${name}: file`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await test({ stride: 1, open: () => fileStore(`${folder}/store`), everything: () => everyFile(folder) });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
  Deno.test({
    ...needs(typeof server !== "string", String(server), `${name}: s3`),
    async fn() {
      if (typeof server === "string") return;
      const bucket = await server.makeBucket();
      const open = () => server.store(bucket);
      await open().check("write");
      await test({
        stride: 3,
        open,
        everything: async () => await everyObject(open(), await server.everything(bucket)),
      });
    },
  });
}
