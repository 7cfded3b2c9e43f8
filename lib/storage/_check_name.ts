/** Checks a name that becomes one part of a key: 1 to 128 of `A-Z a-z 0-9 . _ -`, neither `.` nor `..`. */
export function checkName(what: string, name: string): string {
  if (!/^[A-Za-z0-9._-]{1,128}$/.test(name) || name === "." || name === "..") {
    throw new RangeError(
      `Cannot use ${what} ${
        JSON.stringify(name.slice(0, 140))
      }: expected 1 to 128 of A-Z a-z 0-9 . _ -, not "." or ".."`,
    );
  }
  return name;
}

/** Checks a content-addressed version: 16 lower-case hexadecimal digits. */
export function checkVersion(version: string): string {
  if (!/^[0-9a-f]{16}$/.test(version)) {
    throw new RangeError(
      `Cannot use version ${JSON.stringify(version.slice(0, 40))}: expected 16 hexadecimal digits`,
    );
  }
  return version;
}
