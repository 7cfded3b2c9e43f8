import { AwsClient } from "aws4fetch";
import { type ObjectStore, s3Store, type S3StoreOptions } from "../../lib/storage/mod.ts";
import { ROOT } from "../../scripts/_lib/files.ts";

/** A real S3 server on loopback. */
export interface S3Server {
  readonly endpoint: string;
  /** What a program needs to reach it as its store. */
  readonly env: Readonly<Record<string, string>>;
  /** A store URL; the bucket must be there. */
  url(bucket: string, prefix?: string): string;
  store(bucket: string, prefix?: string, options?: S3StoreOptions): ObjectStore;
  /** Sends a signed request of its own, past the store. */
  send(method: string, path: string, body?: string): Promise<{ readonly status: number; readonly text: string }>;
  /** Creates a bucket of a fresh name. */
  makeBucket(): Promise<string>;
  /** Every key, old version and deletion mark in a bucket. */
  everything(bucket: string): Promise<string[]>;
}

const KEYS = { accessKeyId: "LMACCESS", secretAccessKey: "LMSECRET" };

function connect(endpoint: string): S3Server {
  const client = new AwsClient({ ...KEYS, service: "s3", region: "us-east-1", retries: 0 });
  const url: S3Server["url"] = (bucket, prefix = "") =>
    `s3://${bucket}/${prefix}?endpoint=${endpoint}&region=us-east-1`;
  const send: S3Server["send"] = async (method, path, body) => {
    const response = await client.fetch(`${endpoint}/${path}`, { method, ...(body !== undefined && { body }) });
    return { status: response.status, text: await response.text() };
  };
  return {
    endpoint,
    env: { AWS_ACCESS_KEY_ID: KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey },
    url,
    store: (bucket, prefix, options) => s3Store(url(bucket, prefix), KEYS, options),
    send,
    async makeBucket() {
      const bucket = `b-${crypto.randomUUID()}`;
      const { status, text } = await send("PUT", bucket);
      if (status !== 200) throw new Error(`Cannot make a bucket: ${text}`);
      return bucket;
    },
    async everything(bucket) {
      const { text } = await send("GET", `${bucket}?versions=`);
      return [...text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key!);
    },
  };
}

/**
 * The real server: the one that `LIGHTMAN_TEST_S3` names, or one of this process's own, which ends with it.
 *
 * @returns The server, or why there is none on this machine.
 */
export async function s3Server(): Promise<S3Server | string> {
  const given = Deno.env.get("LIGHTMAN_TEST_S3");
  if (given) return connect(given);
  if (Deno.build.os !== "linux") return "no Debian packages on this system";
  const folder = await Deno.makeTempDir();
  const { code, stdout, stderr } = await new Deno.Command(`${ROOT}tests/e2e/s3/server.sh`, {
    args: ["start", folder],
    env: { LIGHTMAN_S3_OWNER: String(Deno.pid) },
    stdin: "null",
  }).output();
  const said = new TextDecoder();
  if (code === 0) return connect(said.decode(stdout).trim().split("\n").at(-1)!);
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  if (code === 3) return said.decode(stderr).trim();
  throw new Error(`Cannot start the S3 server: ${said.decode(stdout)}${said.decode(stderr)}`);
}
