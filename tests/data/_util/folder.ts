import { dirname, join } from "@std/path";

/** Writes files (text or bytes) into a fresh folder, runs the body with it, and removes it. */
export async function withFolder(
  files: Readonly<Record<string, string | Uint8Array>>,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = join(folder, name);
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
    }
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
