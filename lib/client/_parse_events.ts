/** An event as it stands in a stream. */
export interface ServerEvent {
  readonly id: string | null;
  readonly type: string;
  readonly data: string;
}

/**
 * Reads server-sent events; one that the stream breaks off in is none.
 *
 * Source: WHATWG HTML, 9.2.6 Interpreting an event stream
 */
export async function* parseEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<ServerEvent, void, void> {
  let rest = "";
  let [id, type, data]: [string | null, string, string[]] = [null, "message", []];
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    // A carriage return at the end may be the first half of a line end.
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) yield { id, type, data: data.join("\n") };
        [type, data] = ["message", []];
        continue;
      }
      const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line)!;
      if (field === "data") data.push(value);
      if (field === "event") type = value;
      if (field === "id" && !value.includes("\0")) id = value;
    }
  }
}
