/** Shell quotes where they are needed. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** How a task is started here: by deno, or by npx where that started this one. */
export function taskWords(): string {
  return Deno.env.get("npm_command") === "exec" ? "npx -y deno@2.9.6 task" : "deno task";
}
