import { type SoakServer, startServer } from "./start_server.ts";

/** Runs the body against a server, and ends the server. */
export async function withServer<T>(
  program: string,
  env: Readonly<Record<string, string>>,
  body: (server: SoakServer) => Promise<T>,
  args: readonly string[] = [],
): Promise<T> {
  const server = await startServer(program, env, args);
  try {
    return await body(server);
  } finally {
    server.kill("SIGKILL");
    await server.ended();
  }
}
