import { assertEquals, assertMatch } from "@std/assert";
import { createProgress, formatSeconds } from "../../scripts/_lib/progress.ts";

function recorder(terminal: boolean) {
  let time = 0;
  const written: string[] = [];
  const progress = createProgress({
    total: 100,
    label: "Training",
    terminal,
    columns: 70,
    write: (text) => written.push(text),
    now: () => time,
  });
  return { progress, written, at: (ms: number) => void (time = ms) };
}

Deno.test("createProgress() writes whole lines every few seconds without a terminal", () => {
  const { progress, written, at } = recorder(false);
  for (let i = 0; i <= 100; i++) {
    at(i * 200);
    progress.update(i, "loss 0.5");
  }
  progress.finish();
  assertEquals(written, [
    "Training 0/100  loss 0.5\n",
    "Training 25/100  loss 0.5  15 s left\n",
    "Training 50/100  loss 0.5  10 s left\n",
    "Training 75/100  loss 0.5  5 s left\n",
    "Training 100/100  loss 0.5  0 s left\n",
  ]);
});

Deno.test("createProgress() redraws one line on a terminal and never wraps it", () => {
  const { progress, written, at } = recorder(true);
  progress.update(0);
  at(50);
  progress.update(1);
  at(1000);
  progress.update(50, "a note that is far too long for the terminal it is shown in");
  progress.finish();
  assertEquals(written.length, 4, "the update after 50 ms is skipped");
  assertMatch(written[1]!, /^\rTraining █{4}░{4} 50\/100 {2}a note that is far too long for… {2}1 s left$/);
  for (const text of written) assertEquals(text.replace("\r", "").length <= 70, true);
  assertEquals(written.at(-1), "\n");
});

Deno.test("createProgress() shortens bar, note and label of a narrow terminal, never the time left", () => {
  const shown = (columns: number, label = "Training lightman") => {
    let time = 0;
    const written: string[] = [];
    const write = (text: string) => void written.push(text);
    const progress = createProgress({ total: 400, label, terminal: true, columns, write, now: () => time });
    progress.update(0);
    time = 100_000;
    progress.update(100, "loss 0.812  accuracy 61 %");
    return written[1]!.slice(1).trimEnd();
  };
  assertEquals(
    [120, 80, 60, 40].map((columns) => shown(columns)),
    [
      "Training lightman ██████░░░░░░░░░░░░░░░░░░ 100/400  loss 0.812  accuracy 61 %  5 min 00 s left",
      "Training lightman ██░░░░░░░ 100/400  loss 0.812  accuracy 61 %  5 min 00 s left",
      "Training lightman ██░░░░░░ 100/400  loss…  5 min 00 s left",
      "Trai… ██░░░░░░ 100/400  5 min 00 s left",
    ],
  );
  for (const columns of [10, 20, 30, 40, 60, 80]) {
    const line = shown(columns);
    assertEquals(line.length < columns, true, line);
    if (columns >= 20) assertMatch(line, /5 min 00 s left$/);
  }
});

Deno.test("createProgress() keeps lines above the bar", () => {
  const { progress, written } = recorder(true);
  progress.update(10);
  progress.line("checkpoint");
  assertMatch(written[1]!, /^\r +\rcheckpoint\n$/);
  assertMatch(written[2]!, /^\rTraining/);
});

Deno.test("createProgress() counts time left from where a resumed run starts", () => {
  const { progress, written, at } = recorder(false);
  progress.update(80);
  at(10_000);
  progress.update(90);
  assertMatch(written[1]!, /90\/100 {2}10 s left/);
});

Deno.test("formatSeconds() fits the unit to the length", () => {
  assertEquals([0, 59.4, 60, 200, 3900].map(formatSeconds), ["0 s", "59 s", "1 min 00 s", "3 min 20 s", "1 h 05 min"]);
});
