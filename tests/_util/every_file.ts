/** Every name and every byte below a folder. */
export async function everyFile(folder: string): Promise<{ names: string[]; bytes: Uint8Array[] }> {
  const names: string[] = [];
  const bytes: Uint8Array[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    names.push(name);
    const path = `${folder}/${name}`;
    if (!isDirectory) bytes.push(await Deno.readFile(path));
    else {
      const below = await everyFile(path);
      names.push(...below.names);
      bytes.push(...below.bytes);
    }
  }
  return { names, bytes };
}
