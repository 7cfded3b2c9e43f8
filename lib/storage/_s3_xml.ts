const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(/&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/g, (whole, name, dec, hex) => {
    if (name !== undefined) return ENTITIES[name]!;
    const point = dec !== undefined ? Number(dec) : parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

/** The text of the first element of a name; undefined when there is none. */
export function xmlText(xml: string, name: string): string | undefined {
  const found = new RegExp(`<${name}(?:\\s[^<>]*)?>([^<]*)</${name}>`).exec(xml)?.[1];
  return found === undefined ? undefined : unescape(found).trim();
}

/** One page of a listing. */
export interface ListPage {
  readonly keys: readonly string[];
  /** Where the next page begins; undefined on the last. */
  readonly next: string | undefined;
}

/**
 * Reads the answer to ListObjectsV2.
 *
 * @throws {SyntaxError} When it is no such answer, or cut off.
 */
export function parseListPage(xml: string): ListPage {
  if (!/<ListBucketResult[\s>]/.test(xml) || !/<\/ListBucketResult>\s*$/.test(xml)) {
    throw new SyntaxError("expected a whole ListBucketResult, got something else");
  }
  // A server that does not know the parameter answers with plain keys.
  const encoded = xmlText(xml, "EncodingType") === "url";
  const keys = [...xml.matchAll(/<Contents(?:\s[^<>]*)?>([\s\S]*?)<\/Contents>/g)].map(([, object]) => {
    const raw = /<Key>([^<]*)<\/Key>/.exec(object!)?.[1];
    if (raw === undefined) throw new SyntaxError("expected a Key in each of Contents, got none");
    const key = unescape(raw);
    try {
      return encoded ? decodeURIComponent(key.replaceAll("+", "%20")) : key;
    } catch {
      throw new SyntaxError("expected keys in URL encoding, got another");
    }
  });
  const next = xmlText(xml, "IsTruncated") === "true" ? xmlText(xml, "NextContinuationToken") : undefined;
  if (xmlText(xml, "IsTruncated") === "true" && (next === undefined || next === "")) {
    throw new SyntaxError("expected a NextContinuationToken on a page that is not the last, got none");
  }
  return { keys, next };
}
