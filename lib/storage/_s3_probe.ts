import { TEMP_SUFFIX } from "./_check_key.ts";
import { S3Failure } from "./_s3_failure.ts";
import type { S3Answer, S3Request } from "./_s3_types.ts";
import { xmlText } from "./_s3_xml.ts";

/** What {@linkcode probeCreateOnly} does to a store. */
export interface ProbeActions {
  /** A create-only write: the answer, or "ours" when that was lost; null when the key is taken. */
  create(key: string, bytes: Uint8Array): Promise<S3Answer | "ours" | null>;
  remove(key: string): Promise<void>;
  keepsVersions(): S3Failure;
}

/** Writers that race for the probe's key. */
const RACERS = 4;

/**
 * Finds out whether a bucket keeps old versions, as the server says.
 *
 * @returns "kept" (versioning is on, or was: suspended keeps what there is), "none", or "unknown" when the server does
 * not say; then a write's or a deletion's answer tells.
 */
export async function probeVersions(
  send: (request: S3Request) => Promise<S3Answer>,
): Promise<"kept" | "none" | "unknown"> {
  const { status, bytes } = await send({ method: "GET", query: { versioning: "" } });
  const xml = new TextDecoder().decode(bytes);
  if (status !== 200 || !/<VersioningConfiguration[\s/>]/.test(xml)) return "unknown";
  return /^(Enabled|Suspended)$/i.test(xmlText(xml, "Status") ?? "") ? "kept" : "none";
}

/**
 * Finds out whether the server takes create-only writes at their word: several writers race for a fresh key, one more
 * comes late, and exactly one may win. The object is removed; its name is one that no listing shows.
 *
 * @throws {S3Failure} When the server ignores or refuses the condition, or keeps old versions.
 */
export async function probeCreateOnly(root: string, actions: ProbeActions): Promise<void> {
  const key = `${root}probe-${crypto.randomUUID()}${TEMP_SUFFIX}`;
  const create = (value: number) => actions.create(key, Uint8Array.of(value));
  try {
    const answers = [...await Promise.all(Array.from({ length: RACERS }, (_, i) => create(i))), await create(RACERS)];
    const winners = answers.filter((answer) => answer !== null);
    if (winners.length !== 1) {
      throw new S3Failure(
        "the server ignores create-only writes (PUT with If-None-Match: *), so two writers would overwrite each other: " +
          "use a server that has them",
        false,
      );
    }
    const [winner] = winners;
    const version = winner === "ours" ? null : winner!.headers.get("x-amz-version-id");
    if (version !== null && version !== "null") throw actions.keepsVersions();
  } catch (error) {
    await actions.remove(key).catch(() => {});
    if (error instanceof S3Failure && error.message.includes("NotImplemented")) {
      throw new S3Failure(
        "the server has no create-only writes (PUT with If-None-Match: *), so two writers could overwrite each other: " +
          "use a server that has them",
        false,
      );
    }
    throw error;
  }
  await actions.remove(key);
}
