/** The largest resident set of this process so far, in bytes: the kernel's own account where there is one. */
export function peakRss(): number {
  try {
    const line = /VmHWM:\s+(\d+) kB/.exec(Deno.readTextFileSync("/proc/self/status"));
    if (line) return 1024 * Number(line[1]);
  } catch {
    // No /proc on this system.
  }
  return Deno.memoryUsage().rss;
}
