/** Sends one request over and over. */
export interface RawClient extends Disposable {
  /** Sends it and waits for the whole answer; rejects unless that is a 200. */
  send(): Promise<void>;
}

/** A connection and where its answers are read. */
interface Line {
  readonly connection: Deno.TcpConn;
  readonly buffer: Uint8Array;
}

/** Bytes of an answer, at most. */
const ANSWER = 64 * 1024;

const bytesOf = (text: string) => [...new TextEncoder().encode(text)];
const [OK, LENGTH, END] = ["http/1.1 200 ", "\r\ncontent-length: ", "\r\n\r\n"].map(bytesOf) as [
  number[],
  number[],
  number[],
];

/** Whether bytes are those of a text in small letters, in either case. */
function isAt(bytes: Uint8Array, at: number, text: readonly number[]): boolean {
  for (let i = 0; i < text.length; i++) {
    if (bytes[at + i] !== text[i] && (bytes[at + i]! | 32) !== text[i]) return false;
  }
  return true;
}

/** Behind where a text begins for the first time, or −1. */
function behind(bytes: Uint8Array, end: number, text: readonly number[]): number {
  for (let at = 0; at + text.length <= end; at++) if (isAt(bytes, at, text)) return at + text.length;
  return -1;
}

/** Length of the answer with this head, from its bytes: texts would be garbage. NaN when it does not say. */
function answerLength(bytes: Uint8Array, head: number): number {
  const at = behind(bytes, head, LENGTH);
  if (at < 0) return NaN;
  let length = 0;
  for (let i = at; bytes[i]! >= 48 && bytes[i]! <= 57; i++) length = 10 * length + bytes[i]! - 48;
  return head + length;
}

async function readAnswer({ connection, buffer }: Line): Promise<void> {
  let length = 0;
  let total = Infinity;
  while (length < total) {
    const read = await connection.read(buffer.subarray(length));
    if (!read) throw new Error("the connection was closed before the answer was complete");
    length += read;
    const head = total === Infinity ? behind(buffer, length, END) : -1;
    if (head < 0) continue;
    total = answerLength(buffer, head);
    if (isAt(buffer, 0, OK) && total <= ANSWER) continue;
    throw new Error(`expected 200 and at most ${ANSWER} bytes: ${new TextDecoder().decode(buffer.subarray(0, head))}`);
  }
}

/**
 * Makes a client that costs next to nothing: it has the server's cores, and what `fetch` does for a request, garbage and
 * its collection most of all, would be measured as the server's.
 */
export function createRawClient(url: string, body: Uint8Array): RawClient {
  const { hostname, port, pathname } = new URL(url);
  const head = new TextEncoder().encode(
    `POST ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\n\r\n`,
  );
  const request = new Uint8Array(head.length + body.length);
  request.set(head);
  request.set(body, head.length);
  const idle: Line[] = [];
  let closed = false;

  async function open(): Promise<Line> {
    const connection = await Deno.connect({ hostname, port: Number(port) });
    connection.setNoDelay(true);
    return { connection, buffer: new Uint8Array(ANSWER) };
  }

  return {
    async send() {
      const line = idle.pop() ?? await open();
      try {
        for (let sent = 0; sent < request.length;) sent += await line.connection.write(request.subarray(sent));
        await readAnswer(line);
      } catch (error) {
        line.connection.close();
        throw error;
      }
      if (closed) line.connection.close();
      else idle.push(line);
    },
    [Symbol.dispose]() {
      closed = true;
      for (const { connection } of idle.splice(0)) connection.close();
    },
  };
}
