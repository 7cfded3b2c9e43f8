import { checkKey } from "./_check_key.ts";

/** Where an S3 store is. */
export interface S3Location {
  /** The URL it was opened from. */
  readonly url: string;
  readonly bucket: string;
  /** What every key begins with: empty, or text that ends in `/`. */
  readonly prefix: string;
  /** Without a final slash. */
  readonly endpoint: string;
  readonly region: string;
  /** Bucket and prefix, for messages. */
  readonly name: string;
}

const EXPECTED = "s3://BUCKET/PREFIX?endpoint=URL&region=R";

function parsePrefix(path: string, refuse: (why: string) => RangeError): string {
  let prefix: string;
  try {
    prefix = decodeURIComponent(path).replace(/^\/+|\/+$/g, "");
  } catch {
    throw refuse("expected %XX to be UTF-8, got a % that is not (write %25 for %)");
  }
  if (prefix === "") return "";
  try {
    checkKey(prefix);
  } catch {
    throw refuse('expected a prefix a/b/c without "." and ".."');
  }
  return `${prefix}/`;
}

function parseEndpoint(text: string, refuse: (why: string) => RangeError): string {
  const url = URL.parse(text);
  // Not quoted: whoever writes a password here must not find it in a log.
  if (url === null || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw refuse("expected endpoint= to be https://HOST or http://HOST:PORT without name, password or query");
  }
  return url.href.replace(/\/+$/, "");
}

/**
 * Reads `s3://BUCKET/PREFIX?endpoint=URL&region=R`.
 *
 * @throws {RangeError} When a part is missing, unknown or malformed. Nothing behind the `?` is ever quoted.
 */
export function parseS3Url(url: string): S3Location {
  const [, bucket = "", path = "", query = "", hash] = /^s3:\/\/([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?(#.*)?$/.exec(url) ??
    [];
  const name = `s3://${bucket}${path}`.replace(/\/+$/, "");
  const refuse = (why: string) => new RangeError(`Cannot open store "${url.split(/[?#]/)[0]}": ${why}`);
  if (!/^(?=.{3,63}$)[a-z0-9][a-z0-9.-]*[a-z0-9]$/.test(bucket)) {
    throw refuse(`expected ${EXPECTED} with a bucket of 3 to 63 of a-z 0-9 . -, got another`);
  }
  if (hash !== undefined) throw refuse(`expected ${EXPECTED}, got a #`);
  const params = new URLSearchParams(query);
  for (const key of new Set(params.keys())) {
    if (key !== "endpoint" && key !== "region") {
      throw refuse(`expected endpoint= and region= only (keys belong into the environment), got another parameter`);
    }
    if (params.getAll(key).length > 1) throw refuse(`expected ${key}= once, got it several times`);
  }
  const region = params.get("region") ?? "us-east-1";
  if (!/^[A-Za-z0-9-]{1,40}$/.test(region)) throw refuse("expected region= of A-Z a-z 0-9 -, got another");
  const aws = `https://s3.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
  return {
    url,
    bucket,
    prefix: parsePrefix(path, refuse),
    endpoint: parseEndpoint(params.get("endpoint") ?? aws, refuse),
    region,
    name,
  };
}
