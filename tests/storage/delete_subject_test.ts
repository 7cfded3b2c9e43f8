import { assertEquals } from "@std/assert";
import { deleteSubject, fileStore } from "../../lib/storage/mod.ts";

Deno.test("deleteSubject() removes what an interrupted write left behind", async () => {
  const root = await Deno.makeTempDir();
  try {
    const folder = `${root}/tenants/default/subjects/anna/0123`;
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${folder}/weights.safetensors.x.~tmp`, "theta");
    assertEquals(await deleteSubject(fileStore(root), "default", "anna"), true);
    assertEquals(await Deno.stat(`${root}/tenants/default/subjects/anna`).catch(() => null), null);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
