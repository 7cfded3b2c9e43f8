/** One request that the fake server was sent. */
export interface FakeRequest {
  readonly method: string;
  /** Decoded, without the endpoint's path (`/s3` or none) and the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** Answers in place of the server, or lets it answer with `pass`. */
export type Interceptor = (request: FakeRequest, pass: () => Response) => Response | Promise<Response>;

/** A small S3 server that can be made to misbehave. */
export interface FakeS3 {
  readonly url: string;
  readonly objects: Map<string, { readonly bytes: Uint8Array; readonly headers: Record<string, string> }>;
  readonly requests: FakeRequest[];
  intercept: Interceptor;
}

/** An answer in the words of S3. */
export function s3Error(status: number, code: string, more = "", headers: Record<string, string> = {}): Response {
  const xml = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>hush</Message>${more}</Error>`;
  return new Response(xml, { status, headers: { "content-type": "application/xml", ...headers } });
}

/** An answer whose connection breaks, with so many of its bytes. */
export function broken(bytes = new Uint8Array(0), headers: Record<string, string> = {}): Response {
  const body = new ReadableStream({
    start: (controller) => {
      if (bytes.length > 0) controller.enqueue(bytes);
    },
    pull: (controller) => controller.error(new Error("cut off")),
  });
  return new Response(body, { headers: { "content-length": "1000", ...headers } });
}

const PAGE = 1000;
const escape = (text: string) => text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]!);

function list({ objects }: FakeS3, query: URLSearchParams): Response {
  const encode = (text: string) =>
    query.get("encoding-type") === "url" ? encodeURIComponent(text).replaceAll("%20", "+") : escape(text);
  const after = query.get("continuation-token") ?? "";
  const keys = [...objects.keys()].filter((key) => key.startsWith(query.get("prefix") ?? "") && key > after).sort();
  const page = keys.slice(0, PAGE);
  const more = keys.length > PAGE;
  return new Response(
    `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Prefix></Prefix>` +
      (query.has("encoding-type") ? "<EncodingType>url</EncodingType>" : "") +
      `<IsTruncated>${more}</IsTruncated>` +
      page.map((key) => `<Contents><Key>${encode(key)}</Key><Size>1</Size></Contents>`).join("") +
      (more ? `<NextContinuationToken>${escape(page.at(-1)!)}</NextContinuationToken>` : "") +
      "</ListBucketResult>",
  );
}

function answer(fake: FakeS3, { method, key, query, headers, body }: FakeRequest): Response {
  const { objects } = fake;
  if (key === "" && query.has("versioning")) return new Response("<VersioningConfiguration/>");
  if (key === "") return list(fake, query);
  const found = objects.get(key);
  if (method === "PUT") {
    if (found && headers.get("if-none-match") === "*") return s3Error(412, "PreconditionFailed");
    objects.set(key, {
      bytes: body,
      headers: Object.fromEntries([...headers].filter(([name]) => name.startsWith("x-amz-meta-"))),
    });
    return new Response(null, { status: 200 });
  }
  if (method === "DELETE") {
    objects.delete(key);
    return new Response(null, { status: 204 });
  }
  return found
    ? new Response(found.bytes as Uint8Array<ArrayBuffer>, { headers: found.headers })
    : s3Error(404, "NoSuchKey");
}

/** Runs the body against a fake server on loopback that is gone afterwards. */
export async function withFakeS3(body: (fake: FakeS3) => Promise<void>): Promise<void> {
  let free = () => {};
  const ended = new Promise<void>((resolve) => free = resolve);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, onError: () => new Response(null) },
    async (request) => {
      const { pathname, searchParams } = new URL(request.url);
      const one: FakeRequest = {
        method: request.method,
        key: /^(?:\/s3)?\/bucket(?:\/(.*))?$/.exec(decodeURIComponent(pathname))?.[1] ?? "",
        query: searchParams,
        headers: new Headers(request.headers),
        body: await request.bytes(),
      };
      fake.requests.push(one);
      // An answer that never comes ends with the test.
      return await Promise.race([fake.intercept(one, () => answer(fake, one)), ended.then(() => new Response(null))]);
    },
  );
  const fake: FakeS3 = {
    url: `s3://bucket/p?endpoint=http://127.0.0.1:${server.addr.port}`,
    objects: new Map(),
    requests: [],
    intercept: (_request, pass) => pass(),
  };
  try {
    await body(fake);
  } finally {
    free();
    await server.shutdown();
  }
}
