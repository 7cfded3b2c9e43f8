import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

/**
 * Draws a figure on a document of its own: there is no browser here. A style sheet gives the colours.
 *
 * @param label What screen readers say.
 * @param options Marks and scales of Observable Plot.
 * @returns An `svg` element.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { drawPlot } from "./mod.ts";
 * assertStringIncludes(drawPlot("Nothing", {}), 'aria-label="Nothing"');
 * ```
 */
export function drawPlot(label: string, options: Plot.PlotOptions): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>") as unknown as Required<
    Pick<Plot.PlotOptions, "document">
  >;
  const svg = Plot.plot({
    ...options,
    document,
    style: { background: "none", fontSize: "12px" },
    ariaLabel: label,
  });
  // Plot gives every figure the same class per content; role makes it one image for screen readers.
  svg.setAttribute("role", "img");
  return String(svg.outerHTML);
}
