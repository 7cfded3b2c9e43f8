/** A Deno to run a bundle with. */
export interface DenoBinary {
  readonly version: string;
  /** Its program, or null where it cannot be had. */
  readonly path: string | null;
  readonly reason: string;
}

/** The Deno that runs this, and another version where npx can fetch it. */
export async function denos(other: string): Promise<DenoBinary[]> {
  const here = { version: Deno.version.deno, path: Deno.execPath(), reason: "" };
  const ask = new Deno.Command("npx", {
    args: ["-y", `deno@${other}`, "eval", "console.log(Deno.execPath())"],
    signal: AbortSignal.timeout(60_000),
    stdin: "null",
  });
  const path = await ask.output().then(
    ({ success, stdout }) => success ? new TextDecoder().decode(stdout).trim() : null,
    () => null,
  );
  return [here, { version: other, path, reason: `npx cannot fetch deno@${other} here` }];
}
