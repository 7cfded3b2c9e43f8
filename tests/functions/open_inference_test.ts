import { assert, assertEquals, assertRejects } from "@std/assert";
import { createAdaptApp } from "../../functions/adapt/mod.ts";
import { createPredictApp } from "../../functions/predict/mod.ts";
import { checked } from "../_util/checked.ts";
import { fakeEngine } from "../_util/fake_engine.ts";
import { greyClip, json, problemOf, publishMain, testDeps } from "../_util/http_fixture.ts";
import { oipClient, type OipTensor } from "../_util/oip_client.ts";

async function setUp(limits = {}) {
  const deps = { ...testDeps(), limits };
  const version = await publishMain(deps.store);
  const engine = fakeEngine();
  const predict = checked(createPredictApp({ ...deps, engine, model: "main" }), deps.api);
  const adapt = checked(createAdaptApp({ ...deps, engine, model: "main" }), deps.api);
  const native = async (body: object) => {
    const answer = await (await predict.request("/v1/predict", json(body))).json();
    return answer.predictions.flatMap((row: { probabilities: object }) => Object.values(row.probabilities));
  };
  return { deps, version, predict, adapt, native, client: oipClient((path, init) => predict.request(path, init)) };
}

/** Clips `[B, 2, 4, 4, 1]` of one grey level each. */
function bytes(...values: number[]): OipTensor {
  const data = Uint8Array.from(values.flatMap((value) => new Array<number>(32).fill(value)));
  return { name: "clips", datatype: "UINT8", shape: [values.length, 2, 4, 4, 1], data };
}

function floats(...values: number[]): OipTensor {
  const { data, ...rest } = bytes(...values);
  return { ...rest, datatype: "FP32", data: Float32Array.from(data, (value) => value / 255) };
}

Deno.test("GET /v2 tells the server's name, version and extensions; health needs no body", async () => {
  const { client } = await setUp();
  assertEquals(await client.server(), {
    ...{ name: "lightmannet", version: "1", extensions: ["binary_tensor_data"], backend: "fake" },
  });
  assertEquals([await client.live(), await client.ready()], [true, true]);
});

Deno.test("GET /v2/models tells inputs, outputs, versions and classes, of the stable version or a named one", async () => {
  const { client, version, deps } = await setUp();
  const other = await publishMain(deps.store, [1, 2, 3]);
  const metadata = await client.model("main");
  assertEquals(metadata, {
    name: "main",
    versions: [version, other].sort(),
    platform: "lightmannet_safetensors",
    inputs: [{ name: "clips", datatype: "FP32", shape: [-1, -1, -1, -1, -1] }],
    outputs: [{ name: "probabilities", datatype: "FP32", shape: [-1, 3] }],
    parameters: { classes: ["negative", "positive", "surprise"] },
  });
  assertEquals(await client.model("main", version), metadata);
  assertEquals([await client.modelReady("main"), await client.modelReady("main", version)], [true, true]);
  for (const [model, which] of [["none"], ["main", "0123456789abcdef"], ["main", "newest"]] as const) {
    await assertRejects(() => client.model(model, which), Error, "404: ");
    await assertRejects(() => client.modelReady(model, which), Error, "404: ");
    await assertRejects(() => client.infer(model, [bytes(1)], { ...(which && { version: which }) }), Error, "404: ");
  }
});

Deno.test("POST infer gives the native answer, whatever goes as JSON and whatever as bytes", async () => {
  const { client, native, version } = await setUp();
  const want = await native({ clips: [greyClip(60), greyClip(200)] });
  for (const tensor of [bytes(60, 200), floats(60, 200)]) {
    for (const binaryInput of [false, true]) {
      for (const binaryOutputs of [undefined, false, true]) {
        const options = { id: "42", binaryInput, ...(binaryOutputs !== undefined && { binaryOutputs }) };
        const { outputs, ...rest } = await client.infer("main", [tensor], options);
        assertEquals(rest, { model_name: "main", model_version: version, id: "42" });
        assertEquals(outputs, [{
          ...{ name: "probabilities", datatype: "FP32", shape: [2, 3], values: want, binary: binaryOutputs ?? false },
        }]);
      }
    }
  }
});

Deno.test("POST infer lets an output override what all outputs are asked for as, and needs no id", async () => {
  const { client } = await setUp();
  const ask = async (binaryOutputs: boolean, binary_data?: boolean) => {
    const outputs = [{ name: "probabilities", ...(binary_data !== undefined && { parameters: { binary_data } }) }];
    const result = await client.infer("main", [bytes(9)], { binaryOutputs, outputs });
    return ["id" in result, result.outputs[0]!.binary];
  };
  assertEquals([await ask(true, false), await ask(false, true), await ask(true)], [
    [false, false],
    [false, true],
    [false, true],
  ]);
  assertEquals((await client.infer("main", [bytes(9)], { outputs: [] })).outputs.length, 1);
});

Deno.test("POST infer takes nested arrays", async () => {
  const { predict, native } = await setUp();
  const frame = Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => [60]));
  const input = { name: "clips", datatype: "UINT8", shape: [1, 2, 4, 4, 1], data: [[frame, frame]] };
  const answer = await (await predict.request("/v2/models/main/infer", json({ inputs: [input] }))).json();
  assertEquals(answer.outputs[0].data, await native({ clips: [greyClip(60)] }));
});

Deno.test("POST infer answers a subject with its own weights, and an older version when asked", async () => {
  const { client, adapt, deps, version, native } = await setUp();
  const made = await adapt.request(
    "/v1/subjects/s1/calibrations",
    json({ clips: [greyClip(60, { label: "positive" })] }),
  );
  const calibration = await made.json();
  const other = await publishMain(deps.store, [60, 200, 255]);
  const parameters = { subject: "s1" };
  const own = await client.infer("main", [bytes(60)], { parameters });
  assertEquals(own.outputs[0]!.values, await native({ clips: [greyClip(60)], subject: "s1" }));
  assertEquals([own.model_version, own.parameters], [version, { subject_version: calibration.version, stale: true }]);
  assertEquals((await client.infer("main", [bytes(60)], { parameters, version })).model_version, version);
  await assertRejects(() => client.infer("main", [bytes(60)], { parameters, version: other }), Error, "409: ");
  assertEquals((await client.infer("main", [bytes(60)])).model_version, other);
  assertEquals((await client.infer("main", [bytes(60)], { version })).model_version, version);
  await assertRejects(() => client.infer("main", [bytes(60)], { parameters: { subject: "s2" } }), Error, "404: ");
  assertEquals(JSON.stringify(deps.logged).includes('"s1"'), false);
});

const INPUT = { name: "clips", datatype: "UINT8", shape: [1, 1, 1, 1, 1], data: [7] };
const body = (changes: object, more: object = {}) => json({ inputs: [{ ...INPUT, ...changes }], ...more });

/** A body with bytes after the JSON. */
function binary(input: object, rest: number[], header?: string, type = "application/octet-stream"): RequestInit {
  const head = new TextEncoder().encode(JSON.stringify({ inputs: [{ ...INPUT, data: undefined, ...input }] }));
  return {
    method: "POST",
    headers: { "Content-Type": type, "Inference-Header-Content-Length": header ?? String(head.length) },
    body: Uint8Array.of(...head, ...rest),
  };
}
const sized = (binary_data_size: number) => ({ parameters: { binary_data_size } });

const BAD: readonly [why: string, request: RequestInit, status: number, fields: string[]][] = [
  ["another media type", { method: "POST", body: "x", headers: { "Content-Type": "text/plain" } }, 415, []],
  ["bytes without the header", { ...body({}), headers: { "Content-Type": "application/octet-stream" } }, 415, []],
  ["no JSON", { ...body({}), body: "{" }, 400, []],
  ["no input", json({ inputs: [] }), 422, ["inputs"]],
  ["two inputs", json({ inputs: [INPUT, INPUT] }), 422, ["inputs"]],
  ["another input", body({ name: "x" }), 422, ["inputs.0.name"]],
  ["another type", body({ datatype: "FP64" }), 422, ["inputs.0.datatype"]],
  ["a shape of four", body({ shape: [1, 1, 1, 1] }), 422, ["inputs.0.shape"]],
  ["a shape with 0", body({ shape: [0, 1, 1, 1, 1] }), 422, ["inputs.0.shape.0"]],
  ["two channels", body({ shape: [1, 1, 1, 1, 2], data: [1, 2] }), 422, ["clips"]],
  ["too few elements", body({ data: [] }), 422, ["inputs.0.data"]],
  ["too many elements", body({ data: [1, 2] }), 422, ["inputs.0.data"]],
  ["unevenly nested elements", body({ shape: [1, 2, 1, 1, 1], data: [[[[[1]]], [[[1, 2]]]]] }), 422, ["inputs.0.data"]],
  ["nested elements too deep", body({ data: [[[[[[1]]]]]] }), 422, ["inputs.0.data"]],
  ["a byte of 256", body({ data: [256] }), 422, ["inputs.0.data"]],
  ["a byte of 0.5", body({ data: [0.5] }), 422, ["inputs.0.data"]],
  ["a byte as text", body({ data: ["7"] }), 422, ["inputs.0.data"]],
  ["FP32 of 2", body({ datatype: "FP32", data: [2] }), 422, ["clips"]],
  ["an unknown parameter", body({}, { parameters: { priority: 1 } }), 422, ["parameters.priority"]],
  ["an unknown field", body({}, { hello: 1 }), 422, ["hello"]],
  ["a subject that is a path", body({}, { parameters: { subject: "../x" } }), 422, ["parameters.subject"]],
  ["another output", body({}, { outputs: [{ name: "x" }] }), 422, ["outputs.0.name"]],
  ["an output twice", body({}, { outputs: [1, 2].map(() => ({ name: "probabilities" })) }), 422, ["outputs"]],
  ["another model in the body", body({}, { model_name: "x" }), 422, ["model_name"]],
  ["an empty id", body({}, { id: "" }), 422, ["id"]],
  ["an id of 257", body({}, { id: "x".repeat(257) }), 422, ["id"]],
  ["neither data nor bytes", body({ data: undefined }), 422, ["inputs.0.data"]],
  ["both data and bytes", binary({ ...sized(1), data: [7] }, [7]), 422, ["inputs.0.data"]],
  ["a size that the shape contradicts", binary(sized(2), [7, 7]), 422, ["inputs.0.parameters.binary_data_size"]],
  ["too few bytes", binary(sized(1), []), 400, []],
  ["too many bytes", binary(sized(1), [7, 7]), 400, []],
  ["a header beyond the body", binary(sized(1), [7], "9999"), 400, []],
  ["a header beyond 64 bits", binary(sized(1), [7], "18446744073709551616"), 400, []],
  ["a negative header", binary(sized(1), [7], "-1"), 400, []],
  ["a header of no number", binary(sized(1), [7], "1e2"), 400, []],
  ["a header of 0", binary(sized(1), [7], "0"), 400, []],
  ["a header that cuts the JSON", binary(sized(1), [7], "20"), 400, []],
  ["too many clips", body({ shape: [65, 1, 1, 1, 1], data: new Array(65).fill(1) }), 413, ["clips"]],
  ["too many frames", body({ shape: [1, 301, 1, 1, 1], data: new Array(301).fill(1) }), 413, ["clips"]],
  ["a shape beyond every body", body({ shape: [64, 300, 1e4, 1e4, 3] }), 413, ["inputs.0.shape"]],
  ["a shape whose size is no number", body({ shape: Array(5).fill(2 ** 53 - 1) }), 413, ["inputs.0.shape"]],
];

for (const [why, request, status, fields] of BAD) {
  Deno.test(`POST infer answers ${status} to ${why}, with error`, async () => {
    const { predict } = await setUp();
    const response = await predict.request("/v2/models/main/infer", request);
    const copy = await response.clone().json();
    const problem = await problemOf(response);
    assertEquals([problem.status, problem.fields, copy.error], [status, fields, problem.detail], problem.detail);
  });
}

Deno.test("POST infer answers 413 to a body of too many values before parsing it", async () => {
  const { predict } = await setUp();
  const text = `{"inputs":[{"data":[${"0,".repeat(5_000_000)}0]}]}`;
  const request = { ...body({}), body: text };
  assertEquals((await problemOf(await predict.request("/v2/models/main/infer", request))).status, 413);
});

Deno.test("every problem below /v2 has error, others have none", async () => {
  const { predict } = await setUp();
  for (
    const [path, has] of [["/v2/models/x", true], ["/v2/nothing", true], ["/v1/nothing", false], [
      "/v2x",
      false,
    ]] as const
  ) {
    const problem = await (await predict.request(path)).json();
    assert("error" in problem === has, path);
  }
});
