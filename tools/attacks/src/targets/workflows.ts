/** Gives back how many arguments it got. */
// eslint-disable-next-line @typescript-eslint/require-await
export async function countArguments(...given: readonly unknown[]): Promise<number> {
  return given.length;
}
