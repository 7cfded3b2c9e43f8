import { AwsV4Signer } from "aws4fetch";
import { S3Failure } from "./_s3_failure.ts";
import { SLOWEST } from "./_s3_retry.ts";
import type { S3Location } from "./_s3_url.ts";
import { sha256 } from "./sha256.ts";
import type { S3Request, SendOnce } from "./_s3_types.ts";
import type { S3Keys } from "./types.ts";

const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** What a refusal may say at most. */
const REFUSAL_BYTES = 2 ** 16;

/** Every character that RFC 3986 does not reserve stays; everything else becomes %XX, as the signature wants it. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function addressOf({ endpoint, bucket }: S3Location, { key, query = {} }: S3Request): string {
  const path = key === undefined ? "" : `/${key.split("/").map(encode).join("/")}`;
  const search = Object.entries(query).map(([name, value]) => `${name}=${encode(value)}`).join("&");
  return `${endpoint}/${bucket}${path}${search && `?${search}`}`;
}

/** Says what fetch could not do, without the address, which holds the object's key. */
function connectionFailure(error: unknown, { endpoint }: S3Location): S3Failure {
  if (error instanceof S3Failure) return error;
  const { name, message } = error instanceof Error ? error : { name: "", message: String(error) };
  const { host, port, protocol } = new URL(endpoint);
  if (name === "NotCapable" || name === "PermissionDenied") {
    const where = port === "" ? `${host}:${protocol === "https:" ? 443 : 80}` : host;
    return new S3Failure(`this program may not connect to ${where}: add it to --allow-net`, false);
  }
  const why = message.split("\n")[0]!.replace(/ for url \([^)]*\)/, "");
  return new S3Failure(`${endpoint} did not answer (${why}): correct endpoint= or start the server`, true);
}

/** Reads a body; `alive` is told of every piece. */
async function readBody(response: Response, alive: () => void): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader!.read()) {
    alive();
    chunks.push(read.value);
    size += read.value.length;
    if (response.ok || size < REFUSAL_BYTES) continue;
    await reader!.cancel();
    break;
  }
  const declared = response.headers.get("content-length");
  // A proxy that packs a body leaves the length of what it packed.
  if (response.ok && declared !== null && !response.headers.has("content-encoding") && Number(declared) !== size) {
    throw new S3Failure(`the answer was cut off after ${size} of ${declared} bytes`, true);
  }
  if (chunks.length === 1) return chunks[0]!;
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Makes the function that signs a request, sends it once and reads the answer. */
export function createS3Client(location: S3Location, keys: S3Keys): SendOnce {
  const derivedKeys = new Map<string, ArrayBuffer>();
  const { region } = location;

  async function sign(request: S3Request) {
    const { method, headers, body } = request;
    return await new AwsV4Signer({
      url: addressOf(location, request),
      method,
      // The signer would leave the payload unsigned.
      headers: { ...headers, "x-amz-content-sha256": body === undefined ? EMPTY_SHA256 : await sha256(body) },
      accessKeyId: keys.accessKeyId,
      secretAccessKey: keys.secretAccessKey,
      ...(keys.sessionToken !== undefined && { sessionToken: keys.sessionToken }),
      service: "s3",
      region,
      cache: derivedKeys,
    }).sign();
  }

  return async (request, timeout) => {
    const { url, headers, method } = await sign(request);
    const signedAt = headers.get("x-amz-date")!;
    // Behind the signature, because some gateways change it.
    headers.set("accept-encoding", "identity");
    const controller = new AbortController();
    const stop = () => controller.abort(new S3Failure(`the server was silent for ${timeout / 1000} s`, true));
    const tooSlow = () => controller.abort(new S3Failure("the answer came slower than 256 KiB/s", true));
    let timer = setTimeout(stop, timeout);
    let slow: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(stop, timeout);
    };
    try {
      const { signal } = controller;
      const body = request.body as Uint8Array<ArrayBuffer> | undefined;
      // A redirect would carry the signature to a host that it is not for.
      const response = await fetch(url, { method, headers, body: body ?? null, redirect: "manual", signal });
      alive();
      const size = Number(response.headers.get("content-length") ?? 2 ** 24);
      // Slow for ever is as bad as silent.
      slow = setTimeout(tooSlow, 2 * timeout + size / SLOWEST);
      return { status: response.status, headers: response.headers, bytes: await readBody(response, alive), signedAt };
    } catch (error) {
      throw connectionFailure(controller.signal.aborted ? controller.signal.reason : error, location);
    } finally {
      clearTimeout(timer);
      clearTimeout(slow);
    }
  };
}
