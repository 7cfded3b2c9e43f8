/** A line to a server that breaks now and then, after the server has done its work. */
export interface LossyLine extends AsyncDisposable {
  readonly endpoint: string;
  /** How many answers it has lost. */
  readonly lost: number;
}

/**
 * Opens a line to a server on loopback that loses answers.
 *
 * @param endpoint The server.
 * @param loses Whether the next answer is lost.
 */
export function lossyLine(endpoint: string, loses: () => boolean): LossyLine {
  const { hostname, port } = new URL(endpoint);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  let lost = 0;
  const close = (...ends: Deno.Conn[]) => {
    for (const end of ends) if (open.delete(end)) end.close();
  };
  const carry = async (from: Deno.Conn, to: Deno.Conn, isAnswer: boolean) => {
    const buffer = new Uint8Array(65536);
    for (let size = await from.read(buffer); size !== null; size = await from.read(buffer)) {
      // An answer may come in pieces: that its beginning arrived does not mean that it is whole.
      if (isAnswer && loses()) {
        lost++;
        return;
      }
      for (let at = 0; at < size;) at += await to.write(buffer.subarray(at, size));
    }
  };
  const serving = (async () => {
    for await (const client of listener) {
      const server = await Deno.connect({ hostname, port: Number(port) });
      open.add(client).add(server);
      Promise.race([carry(client, server, false), carry(server, client, true)])
        .catch(() => {})
        .finally(() => close(client, server));
    }
  })();
  return {
    endpoint: `http://127.0.0.1:${listener.addr.port}`,
    get lost() {
      return lost;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      close(...open);
      await serving.catch(() => {});
    },
  };
}
