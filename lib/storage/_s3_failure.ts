import type { S3Answer } from "./_s3_types.ts";
import type { S3Location } from "./_s3_url.ts";
import { xmlText } from "./_s3_xml.ts";

/** Why a request came to nothing; its message is the second half of a sentence and names no key. */
export class S3Failure extends Error {
  override readonly name = "S3Failure";

  /**
   * @param message What happened, and what to change.
   * @param transient Whether the same request may succeed later.
   * @param wait Milliseconds that the server asks for before the next try.
   */
  constructor(message: string, readonly transient: boolean, readonly wait = 0) {
    super(message);
  }
}

/** The server's error code, if it is one; nothing else of an answer is ever quoted: it may hold keys. */
export function codeOf(answer: S3Answer): string {
  const code = xmlText(new TextDecoder().decode(answer.bytes), "Code");
  return code !== undefined && /^[A-Za-z][A-Za-z0-9._-]{0,63}$/.test(code) ? code : "";
}

/** Codes and states that pass. */
const TRANSIENT = new Set([
  ...["SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "Throttling", "TooManyRequests"],
  // A conditional write met another, or a deletion: it is not decided.
  ...["ConditionalRequestConflict", "OperationAborted", "NoSuchKey"],
  // Damaged on its way there.
  ...["BadDigest", "XAmzContentSHA256Mismatch", "IncompleteBody"],
]);
const TRANSIENT_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);

function waitOf(answer: S3Answer): number {
  const seconds = Number(answer.headers.get("retry-after") ?? 0);
  return seconds > 0 ? 1000 * seconds : 0;
}

/** Seconds by which this machine's clock is ahead of the server's; null when the answer has no date. */
function aheadOf(answer: S3Answer): number | null {
  const theirs = Date.parse(answer.headers.get("date") ?? "");
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(answer.signedAt) ?? [];
  const ahead = (Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`) - theirs) / 1000;
  return Number.isFinite(ahead) ? Math.round(ahead) : null;
}

function clockAdvice(answer: S3Answer): string {
  const ahead = aheadOf(answer);
  const off = ahead === null
    ? "differs from the server's"
    : `is ${Math.abs(ahead)} s ${ahead < 0 ? "behind" : "ahead of"} the server's`;
  return `this machine's clock ${off}: set the clock`;
}

function elsewhere(answer: S3Answer, { endpoint, region }: S3Location): string {
  const xml = new TextDecoder().decode(answer.bytes);
  const theirs = answer.headers.get("x-amz-bucket-region") ?? xmlText(xml, "Region") ?? "";
  if (/^[A-Za-z0-9-]{1,40}$/.test(theirs) && theirs !== region) {
    return `the bucket is in another region: set region=${theirs} (it is ${region}), and endpoint= of that region`;
  }
  const host = xmlText(xml, "Endpoint") ?? URL.parse(answer.headers.get("location") ?? "")?.host ?? "";
  const to = /^[A-Za-z0-9.:-]{1,255}$/.test(host) ? ` to ${host}` : "";
  return `the server sends requests elsewhere${to}: set endpoint= (it is ${endpoint}) and region= (it is ${region})`;
}

function adviceOf(code: string, answer: S3Answer, location: S3Location): string | undefined {
  const { bucket, region } = location;
  switch (code) {
    case "InvalidAccessKeyId":
      return "the server does not know the access key: correct AWS_ACCESS_KEY_ID";
    case "SignatureDoesNotMatch":
      return `the signature does not match: correct AWS_SECRET_ACCESS_KEY, AWS_ACCESS_KEY_ID or region= (it is ${region})`;
    case "AccessDenied":
    case "AllAccessDisabled":
    case "AccountProblem":
      return "these keys may not do that: grant s3:GetObject, s3:PutObject, s3:DeleteObject, s3:ListBucket and " +
        `s3:GetBucketVersioning on bucket "${bucket}"`;
    case "ExpiredToken":
    case "InvalidToken":
    case "TokenRefreshRequired":
      return "the temporary keys have expired or do not belong together: renew AWS_SESSION_TOKEN and its two keys";
    case "RequestTimeTooSkewed":
    case "RequestExpired":
      return clockAdvice(answer);
    case "NoSuchBucket":
      return `there is no bucket "${bucket}": create it or correct the URL`;
    case "AuthorizationHeaderMalformed":
    case "PermanentRedirect":
    case "TemporaryRedirect":
    case "Redirect":
      return elsewhere(answer, location);
    case "QuotaExceeded":
    case "EntityTooLarge":
      return `the server has no room for it (${code}): raise the quota or delete something`;
    case "NotImplemented":
      return "the server lacks an operation that a store needs (NotImplemented): use another server";
    default:
      return undefined;
  }
}

/** What an answer that is no success means. */
export function failureOf(answer: S3Answer, location: S3Location): S3Failure {
  const { status } = answer;
  const code = codeOf(answer);
  if (TRANSIENT.has(code) || (TRANSIENT_STATUS.has(status) && code !== "NotImplemented")) {
    return new S3Failure(`the server answered ${status}${code && ` ${code}`}`, true, waitOf(answer));
  }
  const known = adviceOf(code, answer, location);
  if (known !== undefined) return new S3Failure(known, false);
  if (status >= 300 && status < 400) return new S3Failure(elsewhere(answer, location), false);
  if (status === 501) return new S3Failure(adviceOf("NotImplemented", answer, location)!, false);
  if (code === "") {
    const what = `expected an S3 server at ${location.endpoint}, got an answer ${status} without an S3 error code`;
    const hint = status === 401 || status === 403
      ? "correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or endpoint="
      : "correct endpoint=";
    return new S3Failure(`${what}: ${hint}`, false);
  }
  return new S3Failure(`the server answered ${status} ${code}`, false);
}
