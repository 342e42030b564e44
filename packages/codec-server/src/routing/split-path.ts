/**
 * Splits a URL's path into its segments, percent-decoded. Empty segments are left out: the Web UI and the CLI send
 * `//decode` when an endpoint ends in a slash or a namespace is empty.
 *
 * @returns undefined when a percent-escape is not valid UTF-8
 */
export function splitPath(pathname: string): readonly string[] | undefined {
  try {
    return pathname
      .split('/')
      .filter((segment) => segment !== '')
      .map((segment) => decodeURIComponent(segment));
  } catch {
    return undefined;
  }
}
