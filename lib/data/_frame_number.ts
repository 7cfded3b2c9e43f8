/** The last digit run before the extension: `reg_img046.jpg` is 46. */
export function frameNumber(name: string): number | null {
  const run = name.replace(/\.[^.]*$/, "").match(/\d+(?!.*\d)/s);
  return run === null ? null : Number(run[0]);
}
