import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { s3Store, type S3StoreOptions } from "../../lib/storage/mod.ts";
import { broken, type FakeRequest, type FakeS3, s3Error, withFakeS3 } from "./_util/fake_s3.ts";

const KEYS = { accessKeyId: "the-id", secretAccessKey: "the-secret", sessionToken: "the-token" };
const QUICK: S3StoreOptions = { firstDelay: 1, timeout: 500, attempts: 4, deadline: 5000 };
const open = (fake: FakeS3, options: S3StoreOptions = {}) => s3Store(fake.url, KEYS, { ...QUICK, ...options });
const bytes = (...values: number[]) => Uint8Array.from(values);
const silence = () => new Promise<Response>(() => {});
const isWrite = ({ method, key }: FakeRequest) => method === "PUT" && !key.includes("probe-");

/** Misbehaves at the first so many requests that match. */
function first(count: number, matches: (request: FakeRequest) => boolean, answer: FakeS3["intercept"]) {
  let left = count;
  const intercept: FakeS3["intercept"] = (request, pass) =>
    matches(request) && left-- > 0 ? answer(request, pass) : pass();
  return intercept;
}

function test(name: string, body: (fake: FakeS3) => Promise<void>) {
  Deno.test(`s3Store() ${name}`, () => withFakeS3(body));
}

test("signs every request over its payload, and sends the session's token but no secret", async (fake) => {
  const store = open(fake);
  await store.put("a/b c", bytes(1, 2));
  assertEquals(await store.get("a/b c"), bytes(1, 2));
  await store.list("a/");
  await store.delete("a/b c");
  for (const { headers, body } of fake.requests) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body as Uint8Array<ArrayBuffer>)).toHex();
    assertEquals(headers.get("x-amz-content-sha256"), digest);
    assertMatch(
      headers.get("authorization")!,
      /^AWS4-HMAC-SHA256 Credential=the-id\/\d{8}\/us-east-1\/s3\/aws4_request,/,
    );
    assertMatch(headers.get("authorization")!, /SignedHeaders=\S*x-amz-content-sha256/);
    assertEquals(headers.get("x-amz-security-token"), "the-token");
    assert(![...headers].flat().some((text) => text.includes("the-secret")));
  }
  assertMatch(fake.requests.find(isWrite)!.key, /^p\/a\/b c$/);
});

const PASSING: readonly [name: string, answer: FakeS3["intercept"]][] = [
  ["500", () => s3Error(500, "InternalError")],
  ["503 SlowDown", () => s3Error(503, "SlowDown")],
  ["429", () => new Response(null, { status: 429 })],
  ["502 from a proxy", () => new Response("<html>", { status: 502 })],
  ["a broken connection", () => broken()],
  ["silence", silence],
];
for (const [what, answer] of PASSING) {
  test(`tries again after ${what}`, async (fake) => {
    const store = open(fake);
    await store.check("write");
    const once = () => fake.intercept = first(1, () => true, answer);
    once();
    await store.put("a", bytes(1));
    once();
    assertEquals(await store.putIfAbsent("b", bytes(2)), true);
    once();
    assertEquals(await store.get("a"), bytes(1));
    once();
    assertEquals(await store.list(""), ["a", "b"]);
    once();
    await store.delete("a");
    assertEquals([...fake.objects.keys()], ["p/b"]);
  });
}

test("waits as long as the server asks, and gives up when that is beyond its deadline", async (fake) => {
  const store = open(fake);
  fake.intercept = first(1, () => true, () => s3Error(503, "SlowDown", "", { "retry-after": "1" }));
  const begun = performance.now();
  assertEquals(await store.get("a"), null);
  assert(performance.now() - begun >= 1000);
  fake.intercept = () => s3Error(503, "SlowDown", "", { "retry-after": "60" });
  const { message } = await assertRejects(() => store.get("a"), Error);
  assertMatch(message, /^Cannot read "a" from store s3:\/\/bucket\/p: the server answered 503 SlowDown, 1 try in /);
});

test("gives up after its tries, saying how many", async (fake) => {
  fake.intercept = () => s3Error(500, "InternalError");
  const { message } = await assertRejects(() => open(fake).get("a"), Error);
  assertMatch(
    message,
    /^Cannot read "a" from store s3:\/\/bucket\/p: the server answered 500 InternalError, 4 tries in /,
  );
  assertEquals(fake.requests.length, 4);
});

test("names a server that is silent or not there", async (fake) => {
  fake.intercept = silence;
  await assertRejects(() => open(fake, { timeout: 50, attempts: 2 }).get("a"), Error, "was silent for 0.05 s, 2 tries");
  const gone = s3Store("s3://bucket?endpoint=http://127.0.0.1:9999", KEYS, QUICK);
  const { message } = await assertRejects(() => gone.get("secret-name"), Error);
  assertMatch(
    message,
    /: http:\/\/127\.0\.0\.1:9999 did not answer \(.*\): correct endpoint= or start the server, 4 tries/,
  );
  assertEquals(message.split("secret-name").length, 2, message);
});

test("takes no cut-off body for an object", async (fake) => {
  const store = open(fake);
  await store.put("a", bytes(1, 2, 3));
  fake.intercept = first(2, () => true, () => broken(bytes(1)));
  assertEquals(await store.get("a"), bytes(1, 2, 3));
  fake.intercept = () => broken(bytes(1));
  await assertRejects(() => store.get("a"), Error, 'Cannot read "a"');
});

test("takes no changed body for an object", async (fake) => {
  const store = open(fake);
  await store.put("a", bytes(1, 2, 3));
  const changed: FakeS3["intercept"] = (_, pass) => new Response(bytes(1, 2, 4), { headers: pass().headers });
  fake.intercept = first(1, () => true, changed);
  assertEquals(await store.get("a"), bytes(1, 2, 3));
  fake.intercept = changed;
  await assertRejects(() => store.get("a"), Error, "not those that were written (SHA-256)");
});

const LOST: readonly [name: string, answer: FakeS3["intercept"]][] = [
  ["breaks off", (_, pass) => (pass(), broken())],
  ["says 500", (_, pass) => (pass(), s3Error(500, "InternalError"))],
  ["never comes", (_, pass) => (pass(), silence())],
];
for (const [what, answer] of LOST) {
  test(`knows its own create-only write again when the answer to it ${what}`, async (fake) => {
    const store = open(fake, { timeout: 200 });
    await store.check("write");
    fake.intercept = first(1, isWrite, answer);
    assertEquals(await store.putIfAbsent("a/1", bytes(1)), true);
    assertEquals(await store.putIfAbsent("a/1", bytes(1)), false);
    assertEquals(fake.objects.get("p/a/1")?.bytes, bytes(1));
    // The first write, and the one that lost: none was sent twice.
    assertEquals(fake.requests.filter(isWrite).length, 2);
  });
}

test("does not take another's write of equal bytes for its own", async (fake) => {
  const [one, two] = [open(fake), open(fake)];
  await one.check("write");
  await two.check("write");
  fake.intercept = first(1, isWrite, async () => {
    assertEquals(await two.putIfAbsent("a", bytes(7)), true);
    return s3Error(500, "InternalError");
  });
  assertEquals(await one.putIfAbsent("a", bytes(7)), false);
});

test("compares the bytes where a server keeps no metadata", async (fake) => {
  const store = open(fake);
  await store.check("write");
  const forget = () => {
    for (const [key, { bytes }] of fake.objects) fake.objects.set(key, { bytes, headers: {} });
  };
  for (const [theirs, expected] of [[bytes(1), true], [bytes(2), false], [bytes(1, 2), false]] as const) {
    fake.objects.clear();
    fake.intercept = first(1, isWrite, ({ key }) => {
      fake.objects.set(key, { bytes: theirs, headers: {} });
      forget();
      return broken();
    });
    assertEquals(await store.putIfAbsent("a", bytes(1)), expected);
  }
});

test("knows its own write when a proxy sent it twice", async (fake) => {
  const store = open(fake);
  await store.check("write");
  fake.intercept = (request, pass) => (isWrite(request) && pass(), pass());
  assertEquals(await store.putIfAbsent("a", bytes(1)), true);
});

test("says when it cannot tell whether it wrote", async (fake) => {
  const store = open(fake);
  await store.check("write");
  fake.intercept = () => broken();
  await assertRejects(() => store.putIfAbsent("a", bytes(1)), Error, "it may have been written");
});

test("settles a conflict of conditional writes (409), or with a deletion (404), by another try", async (fake) => {
  const store = open(fake);
  await store.check("write");
  fake.intercept = first(1, isWrite, () => s3Error(404, "NoSuchKey"));
  assertEquals(await store.putIfAbsent("b", bytes(1)), true);
  fake.intercept = first(1, isWrite, () => s3Error(404, "NoSuchKey"));
  await store.put("c", bytes(1));
  assertEquals(await store.list(""), ["b", "c"]);
  fake.intercept = first(2, isWrite, () => s3Error(409, "ConditionalRequestConflict"));
  assertEquals(await store.putIfAbsent("a", bytes(1)), true);
});

const UNFIT: readonly [name: string, answer: FakeS3["intercept"], message: RegExp][] = [
  ["ignores the condition", (request, pass) => {
    request.headers.delete("if-none-match");
    return pass();
  }, /ignores create-only writes .*If-None-Match: \*/],
  [
    "answers 501 to the condition",
    ({ headers }, pass) => headers.has("if-none-match") ? s3Error(501, "NotImplemented") : pass(),
    /has no create-only writes/,
  ],
  [
    "answers 501 in HTML to the condition",
    ({ headers }, pass) => headers.has("if-none-match") ? new Response("<html>", { status: 501 }) : pass(),
    /has no create-only writes/,
  ],
  ...["Enabled", "Suspended"].map((status): [string, FakeS3["intercept"], RegExp] => [
    `keeps versions (${status})`,
    ({ query }, pass) =>
      query.has("versioning")
        ? new Response(`<VersioningConfiguration xmlns="a"><Status>${status}</Status></VersioningConfiguration>`)
        : pass(),
    /bucket "bucket" keeps old versions, so that nothing can be erased/,
  ]),
  ["keeps versions and says so only with a write", ({ query, method }, pass) => {
    if (query.has("versioning")) return s3Error(403, "AccessDenied");
    const answer = pass();
    return method === "PUT" && answer.ok ? new Response(null, { headers: { "x-amz-version-id": "abc" } }) : answer;
  }, /keeps old versions/],
  [
    "keeps versions and says so only with a deletion",
    ({ query, method }, pass) =>
      query.has("versioning")
        ? s3Error(501, "NotImplemented")
        : method === "DELETE"
        ? (pass(), new Response(null, { status: 204, headers: { "x-amz-delete-marker": "true" } }))
        : pass(),
    /keeps old versions/,
  ],
];
for (const [what, intercept, message] of UNFIT) {
  test(`refuses a server that ${what}, before the first write`, async (fake) => {
    fake.intercept = intercept;
    const store = open(fake);
    for (
      const use of [() => store.check("write"), () => store.putIfAbsent("a", bytes(1)), () => store.put("a", bytes(1))]
    ) {
      assertMatch((await assertRejects(use, Error)).message, message);
    }
    assertEquals([...fake.objects.keys()], []);
    assertEquals(fake.requests.some(isWrite), false);
    // Reading is no danger.
    await store.check("read");
    assertEquals([await store.get("a"), await store.list("")], [null, []]);
  });
}

test("refuses a deletion that only marks: versioning was switched on meanwhile", async (fake) => {
  const store = open(fake);
  await store.put("s/a", bytes(1));
  fake.intercept = ({ method }, pass) =>
    method === "DELETE"
      ? (pass(), new Response(null, { status: 204, headers: { "x-amz-delete-marker": "true" } }))
      : pass();
  await assertRejects(() => store.delete("s/a"), Error, "keeps old versions");
  await store.put("s/a", bytes(1));
  await assertRejects(() => store.deletePrefix("s/"), Error, "keeps old versions");
});

test("probes once, hides and removes what it wrote, and writes nothing to be read", async (fake) => {
  const store = open(fake);
  await store.check("read");
  assertEquals(fake.requests.map(({ method }) => method), ["GET"]);
  await Promise.all([store.put("a", bytes(1)), store.putIfAbsent("b", bytes(1)), store.check("write")]);
  const probes = () => fake.requests.filter(({ key, method }) => method === "PUT" && key.startsWith("p/probe-")).length;
  assertEquals([probes(), [...fake.objects.keys()].sort()], [5, ["p/a", "p/b"]]);
  await store.put("c", bytes(1));
  await store.check("write");
  assertEquals(probes(), 5);
  fake.objects.set("p/probe-left-by-a-crash.~tmp", { bytes: bytes(), headers: {} });
  assertEquals(await store.list(""), ["a", "b", "c"]);
});

test("probes anew after a probe that failed in passing", async (fake) => {
  const store = open(fake, { attempts: 1 });
  fake.intercept = first(1, () => true, () => s3Error(500, "InternalError"));
  await assertRejects(
    () => store.put("a", bytes(1)),
    Error,
    "Cannot open store s3://bucket/p: the server answered 500",
  );
  await store.put("a", bytes(1));
});

const REFUSALS: readonly [answer: () => Response, message: string][] = [
  [() => s3Error(403, "InvalidAccessKeyId", "<AWSAccessKeyId>the-id</AWSAccessKeyId>"), "correct AWS_ACCESS_KEY_ID"],
  [() => s3Error(403, "SignatureDoesNotMatch", "<StringToSign>the-secret</StringToSign>"), "AWS_SECRET_ACCESS_KEY"],
  [() => s3Error(403, "AccessDenied"), "grant s3:GetObject, s3:PutObject, s3:DeleteObject, s3:ListBucket"],
  [() => s3Error(400, "ExpiredToken"), "renew AWS_SESSION_TOKEN"],
  [() => s3Error(403, "InvalidToken"), "renew AWS_SESSION_TOKEN"],
  [() => s3Error(404, "NoSuchBucket"), 'there is no bucket "bucket": create it or correct the URL'],
  [
    () => s3Error(400, "AuthorizationHeaderMalformed", "<Region>eu-west-3</Region>"),
    "another region: set region=eu-west-3 (it is us-east-1)",
  ],
  [
    () => s3Error(301, "PermanentRedirect", "<Endpoint>bucket.s3.eu-west-3.example.org</Endpoint>"),
    "elsewhere to bucket.s3.eu-west-3.example.org: set endpoint=",
  ],
  [() => new Response(null, { status: 301, headers: { "x-amz-bucket-region": "eu-west-3" } }), "set region=eu-west-3"],
  [
    () => new Response(null, { status: 307, headers: { location: "http://else.example.org/?hush" } }),
    "elsewhere to else.example.org: set endpoint=",
  ],
  [
    () => s3Error(403, "RequestTimeTooSkewed", "", { date: "Mon, 01 Jan 2001 00:00:00 GMT" }),
    "ahead of the server's: set the clock",
  ],
  [
    () => s3Error(403, "RequestTimeTooSkewed", "", { date: "Fri, 01 Jan 2100 00:00:00 GMT" }),
    "behind the server's: set the clock",
  ],
  [() => s3Error(403, "QuotaExceeded"), "no room for it (QuotaExceeded)"],
  [() => s3Error(400, "InvalidRequest"), "the server answered 400 InvalidRequest"],
  [() => new Response("<html>hush", { status: 400 }), "got an answer 400 without an S3 error code: correct endpoint="],
  [
    () => new Response("<html>hush", { status: 403 }),
    "correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or endpoint=",
  ],
  // The absence of a page is not the absence of an object.
  [() => new Response("<html>hush", { status: 404 }), "got an answer 404 without an S3 error code: correct endpoint="],
  [() => s3Error(418, "hush the-secret <b>"), "got an answer 418 without an S3 error code"],
];
for (const [answer, message] of REFUSALS) {
  test(`says at once what to change: ${message}`, async (fake) => {
    fake.intercept = answer;
    const store = open(fake);
    for (
      const use of [
        () => store.check("write"),
        () => store.get("a"),
        () => store.putIfAbsent("a", bytes()),
        () => store.delete("a"),
      ]
    ) {
      const before = fake.requests.length;
      const error = await assertRejects(use, Error, message);
      assertMatch(error.message, /^Cannot (open|read "a" from|delete "a" from) store s3:\/\/bucket\/p: /);
      assert(!/hush|the-id|the-secret|the-token/.test(`${error.stack}${(error.cause as Error).stack}`), error.message);
      assertEquals(fake.requests.length - before, 1, "no second try");
    }
  });
}

test("says so when a web page answers in place of a server", async (fake) => {
  fake.intercept = () => new Response("<html>hello");
  await assertRejects(
    () => open(fake).check("read"),
    Error,
    "expected a whole ListBucketResult, got something else; correct endpoint=",
  );
});

test("lists beyond a page, with names of every kind, sorted", async (fake) => {
  const odd = ["a b", "a+b", "a%20b", "ä/日本", "x&<y>'\"", "a#?b"];
  for (const key of [...odd, ...Array.from({ length: 2500 }, (_, i) => `n/${i}`)]) {
    fake.objects.set(`p/${key}`, { bytes: bytes(), headers: {} });
  }
  fake.objects.set("p/folder/", { bytes: bytes(), headers: {} });
  fake.objects.set("other/x", { bytes: bytes(), headers: {} });
  const store = open(fake);
  const keys = await store.list("");
  assertEquals(keys, [...keys].sort());
  assertEquals([keys.length, odd.every((key) => keys.includes(key))], [2506, true]);
  assertEquals(fake.requests.length, 3);
  // Plain names from a server that does not know the parameter.
  fake.intercept = ({ query }, pass) => (query.delete("encoding-type"), pass());
  assertEquals(await store.list(""), keys);
});

test("takes no cut-off page for a listing, and no circle of pages", async (fake) => {
  const store = open(fake);
  await store.put("a", bytes(1));
  const page = (more: string) => `<ListBucketResult>${more}<Contents><Key>p/a</Key></Contents>`;
  fake.intercept = first(1, () => true, () => new Response(page("")));
  assertEquals(await store.list(""), ["a"]);
  const truncated = page("<IsTruncated>true</IsTruncated>");
  fake.intercept = () => new Response(`${truncated}</ListBucketResult>`);
  await assertRejects(() => store.list(""), Error, "expected a NextContinuationToken");
  fake.intercept = () =>
    new Response(`${truncated}<NextContinuationToken>t</NextContinuationToken></ListBucketResult>`);
  await assertRejects(() => store.list(""), Error, "go in a circle");
});

test("deletes with a prefix whatever lies below it, consoles' folders and leftovers too", async (fake) => {
  const store = open(fake);
  for (const key of ["s/", "s/a", "s/b//c", "s/x.~tmp", "s2/a", ...Array.from({ length: 1200 }, (_, i) => `s/${i}`)]) {
    fake.objects.set(`p/${key}`, { bytes: bytes(), headers: {} });
  }
  assertEquals(await store.deletePrefix("s/"), true);
  assertEquals([...fake.objects.keys()], ["p/s2/a"]);
  assertEquals(await store.deletePrefix("s/"), false);
  await assertRejects(() => store.deletePrefix(""), RangeError, "Cannot use store key");
});

test("refuses a key that is longer than S3 takes", async (fake) => {
  const store = open(fake);
  await store.put("ä".repeat(511), bytes());
  await assertRejects(() => store.put("ä".repeat(512), bytes()), RangeError, "at most 1024 bytes");
});

test("opens the whole bucket where the URL names no prefix, and one below an endpoint's path", async (fake) => {
  const url = fake.url.replace("bucket/p?", "bucket?");
  const store = s3Store(url, KEYS, QUICK);
  await store.put("a", bytes(1));
  assertEquals([[...fake.objects.keys()], await store.list("")], [["a"], ["a"]]);
  const below = s3Store(`${url}/s3/`, KEYS, QUICK);
  await below.put("b", bytes(1));
  assertEquals([...fake.objects.keys()], ["a", "b"]);
});
