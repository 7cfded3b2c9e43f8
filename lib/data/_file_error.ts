/** A file that is not there, said in the house's form; any other failure passes unchanged. */
export function fileError(error: unknown, doing: string): unknown {
  return error instanceof Deno.errors.NotFound
    ? new Deno.errors.NotFound(`Cannot ${doing}: expected a file or folder, got none there`, { cause: error })
    : error;
}
