import type { AdapterFinding } from "./types.ts";

/** Names under which software rasterisers appear in an adapter's description. */
const SOFTWARE_NAMES = /llvmpipe|lavapipe|swiftshader|softpipe|software|basic render|warp/i;

/** The part of `GPU` that is used; a fake stands in for it in tests. */
export interface AdapterSource {
  requestAdapter(options?: { powerPreference?: "low-power" | "high-performance" }): Promise<AdapterLike | null>;
}

/** The part of `GPUAdapter` that is used. `isFallbackAdapter` moved from the adapter to its info over time. */
export interface AdapterLike {
  readonly isFallbackAdapter?: boolean;
  readonly info?: {
    readonly vendor?: string;
    readonly architecture?: string;
    readonly device?: string;
    readonly description?: string;
    readonly isFallbackAdapter?: boolean;
  };
}

/**
 * The Vulkan loader complains on stderr without a runtime directory. Deno's environment is the process's own, so
 * setting it here reaches the loader. Only with permission: a prompt would be worse than the complaint.
 */
function quietVulkanLoader(): void {
  const variable = "XDG_RUNTIME_DIR";
  if (Deno.build.os !== "linux") return;
  if (Deno.permissions.querySync({ name: "env", variable }).state !== "granted") return;
  if (!Deno.env.get(variable)) Deno.env.set(variable, "/tmp");
}

/** Looks for a WebGPU adapter and tells a real one from a software one. Never throws. */
export async function findAdapter(gpu: AdapterSource | undefined = navigator.gpu): Promise<AdapterFinding> {
  if (!gpu) return { found: false, software: false, description: "this runtime has no WebGPU" };
  try {
    quietVulkanLoader();
    const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
    if (!adapter) return { found: false, software: false, description: "no WebGPU adapter was found" };
    const { vendor, architecture, device, description } = adapter.info ?? {};
    const name = [description, device, architecture, vendor].find((text) => text) ?? "unnamed adapter";
    const software = adapter.isFallbackAdapter === true || adapter.info?.isFallbackAdapter === true ||
      [vendor, architecture, device, description].some((text) => SOFTWARE_NAMES.test(text ?? ""));
    return { found: true, software, description: name };
  } catch (error) {
    return { found: false, software: false, description: `asking for a WebGPU adapter failed (${messageOf(error)})` };
  }
}

/** First line of whatever was thrown. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
}
