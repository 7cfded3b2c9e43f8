/**
 * A client of the Open Inference Protocol v2 and its binary tensor extension, written from their texts: it knows
 * nothing of this server but its address.
 *
 * Source: KServe, Open Inference Protocol, HTTP/REST; Triton, Binary tensor data extension
 */

/** Sends a request. */
export type Send = (path: string, init?: RequestInit) => Promise<Response> | Response;

/** A tensor as a program holds it. */
export interface OipTensor {
  readonly name: string;
  readonly datatype: "FP32" | "UINT8";
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint8Array;
}

/** How an inference is asked for. */
export interface InferOptions {
  readonly id?: string;
  readonly version?: string;
  readonly parameters?: Record<string, string | number | boolean>;
  /** Send tensors as bytes. */
  readonly binaryInput?: boolean;
  /** Ask for all outputs as bytes. */
  readonly binaryOutputs?: boolean;
  readonly outputs?: { name: string; parameters?: Record<string, unknown> }[];
}

/** An answer. */
export interface InferResult {
  readonly model_name: string;
  readonly model_version?: string;
  readonly id?: string;
  readonly parameters?: Record<string, unknown>;
  readonly outputs: { name: string; datatype: string; shape: number[]; values: number[]; binary: boolean }[];
}

async function failure(response: Response): Promise<Error> {
  const { error } = await response.json();
  if (typeof error !== "string") throw new Error("the protocol wants a string `error` in every failure");
  return new Error(`${response.status}: ${error}`);
}

/** Makes a client. */
export function oipClient(send: Send) {
  const get = async (path: string) => {
    const response = await send(path);
    if (response.status !== 200) throw await failure(response);
    return await response.json();
  };
  const modelPath = (model: string, version?: string) =>
    `/v2/models/${encodeURIComponent(model)}${version === undefined ? "" : `/versions/${version}`}`;
  return {
    server: () => get("/v2"),
    live: async () => (await send("/v2/health/live")).status === 200,
    ready: async () => (await send("/v2/health/ready")).status === 200,
    model: (model: string, version?: string) => get(modelPath(model, version)),
    modelReady: async (model: string, version?: string) => (await get(`${modelPath(model, version)}/ready`)).ready,
    async infer(model: string, inputs: readonly OipTensor[], options: InferOptions = {}): Promise<InferResult> {
      const bytesOf = ({ data }: OipTensor) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      const parameters = {
        ...options.parameters,
        ...(options.binaryOutputs !== undefined && { binary_data_output: options.binaryOutputs }),
      };
      const json = JSON.stringify({
        ...(options.id !== undefined && { id: options.id }),
        ...(Object.keys(parameters).length > 0 && { parameters }),
        inputs: inputs.map((tensor) => ({
          name: tensor.name,
          shape: tensor.shape,
          datatype: tensor.datatype,
          ...(options.binaryInput
            ? { parameters: { binary_data_size: tensor.data.byteLength } }
            : { data: [...tensor.data] }),
        })),
        ...(options.outputs && { outputs: options.outputs }),
      });
      const head = new TextEncoder().encode(json);
      const parts = [head, ...(options.binaryInput ? inputs.map(bytesOf) : [])];
      const headers: Record<string, string> = options.binaryInput
        ? { "Content-Type": "application/octet-stream", "Inference-Header-Content-Length": String(head.length) }
        : { "Content-Type": "application/json" };
      const body = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of parts) {
        body.set(part, at);
        at += part.length;
      }
      const response = await send(`${modelPath(model, options.version)}/infer`, { method: "POST", headers, body });
      if (response.status !== 200) throw await failure(response);
      const answer = new Uint8Array(await response.arrayBuffer());
      const length = Number(response.headers.get("Inference-Header-Content-Length") ?? answer.length);
      const { outputs, ...rest } = JSON.parse(new TextDecoder().decode(answer.subarray(0, length)));
      let offset = length;
      const tensors = outputs.map((output: Record<string, unknown>) => {
        const { name, datatype, shape, data } = output;
        const size = (output.parameters as { binary_data_size?: number } | undefined)?.binary_data_size;
        if (size === undefined) {
          return { name, datatype, shape, values: (data as number[]).flat(Infinity), binary: false };
        }
        const view = new DataView(answer.buffer, offset, size);
        offset += size;
        return {
          name,
          datatype,
          shape,
          values: Array.from({ length: size / 4 }, (_, i) => view.getFloat32(i * 4, true)),
          binary: true,
        };
      });
      if (offset !== answer.length) throw new Error(`${answer.length - offset} bytes too many`);
      return { ...rest, outputs: tensors };
    },
  };
}
