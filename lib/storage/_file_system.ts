/** The file operations that {@linkcode fileStore} is made of; a test puts a full disk here. */
export interface FileSystem {
  read(path: string): Promise<Uint8Array>;
  /** Creates a file that must not exist yet, writes it whole and waits until the disk has it. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Gives a file a second name; fails when that name is taken. */
  link(from: string, to: string): Promise<void>;
  /** Removes a file or an empty folder. */
  remove(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
  entries(path: string): Promise<Deno.DirEntry[]>;
  /** Waits until the disk has a folder's names; does nothing where the system cannot. */
  syncFolder(path: string): Promise<void>;
}

/** The machine's own files. */
export const denoFileSystem: FileSystem = {
  read: (path) => Deno.readFile(path),
  async write(path, bytes) {
    using file = await Deno.open(path, { write: true, createNew: true });
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.sync();
  },
  rename: (from, to) => Deno.rename(from, to),
  link: (from, to) => Deno.link(from, to),
  remove: (path) => Deno.remove(path),
  makeFolder: (path) => Deno.mkdir(path, { recursive: true }),
  entries: (path) => Array.fromAsync(Deno.readDir(path)),
  async syncFolder(path) {
    try {
      using folder = await Deno.open(path, { read: true });
      await folder.sync();
    } catch {
      // Windows opens no folders; the rename itself is still atomic.
    }
  },
};
