/**
 * Name and `ignore` of a test that needs something the machine may lack. The test runner prints the reason.
 *
 * @param there Whether it is there.
 * @param reason Why the test is skipped when it is not.
 * @param name The test's name.
 */
export function needs(there: boolean, reason: string, name: string): { name: string; ignore: boolean } {
  return { name: there ? name : `${name} (skipped: ${reason})`, ignore: !there };
}
