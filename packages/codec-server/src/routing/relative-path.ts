import { splitPath } from './split-path';

/**
 * The segments of a path behind the base path; all of them when the base path is not in front.
 *
 * @param pathname path of a URL, still percent-encoded
 * @param basePath decoded segments
 * @returns undefined when a percent-escape is not valid UTF-8
 */
export function relativePath(pathname: string, basePath: readonly string[]): readonly string[] | undefined {
  const segments = splitPath(pathname);
  return segments !== undefined && basePath.every((segment, index) => segments[index] === segment)
    ? segments.slice(basePath.length)
    : segments;
}
