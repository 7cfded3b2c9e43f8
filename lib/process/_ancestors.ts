/** A process and the parent it must keep. */
export interface ProcessLink {
  readonly pid: number;
  readonly parent: number;
}

/** npx, npm exec and npm run, as the kernel shows their command lines. */
const NPM = /^(?:\S*\/?node\s+)?(?:\S*\/)?(?:npx|npm)(?:-cli)?(?:\.js)?(?:\s|$)/;

/** The parent of a process, or undefined where that cannot be read. Linux only. */
export function parentOf(pid: number): number | undefined {
  try {
    // "PID (NAME) STATE PPID …": the name may hold spaces and brackets, so count from the last bracket.
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}

function commandOf(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
  } catch {
    return "";
  }
}

/**
 * The links from a process up to the npx or npm above it; none when there is no such ancestor, so that a command
 * left behind by a closing terminal (nohup) goes on.
 */
export function launcherLinks(pid: number): ProcessLink[] {
  // Asked first, because a refusal is dear: its stack trace took 50 ms of a bundle's start.
  if (Deno.permissions.querySync({ name: "read", path: "/proc" }).state !== "granted") return [];
  const links: ProcessLink[] = [];
  // sh, deno task and node wrappers stand between: never more than a few.
  for (let at = pid, depth = 0; depth < 8 && at > 1; depth++) {
    if (NPM.test(commandOf(at))) return links;
    const parent = parentOf(at);
    if (parent === undefined) return [];
    links.push({ pid: at, parent });
    at = parent;
  }
  return [];
}
