import { escapeHtml, percent } from "./_html.ts";
import { subjectPlot } from "./_plots.ts";
import type { ReportSubject } from "./report_data.ts";

/** Every held-out subject before and after calibration: a plot, and its figures to unfold. */
export function subjects(list: readonly ReportSubject[], what = "subject"): string {
  if (list.length === 0) return `<p>No ${what} was held out.</p>`;
  const better = list.filter((one) => one.after > one.before).length;
  const worse = list.filter((one) => one.after < one.before).length;
  const rows = list.map((one) =>
    `<tr><th scope="row">${escapeHtml(one.name)}</th><td>${one.clips}</td><td>${percent(one.before)}</td><td>${
      percent(one.after)
    }</td></tr>`
  ).join("\n");
  return `<p>${better} better, ${worse} worse, ${list.length - better - worse} the same.</p>
<figure>${subjectPlot(list)}<figcaption><span class="key open"></span> before <span class="key full"></span> after${
    worse > 0 ? ' <span class="key drop"></span> after, where it got worse' : ""
  }; best after calibration first</figcaption></figure>
<details><summary>Figures</summary><div class="scroll"><table><thead><tr><th scope="col" class="text">${
    what === "task" ? "Task" : "Subject"
  }</th>` +
    `<th scope="col">Query clips</th><th scope="col">Before</th><th scope="col">After</th></tr></thead><tbody>
${rows}
</tbody></table></div></details>`;
}
