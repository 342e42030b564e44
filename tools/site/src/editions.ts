/** One build of the site: the documentation of a release, or of what comes next. */
export interface Edition {
  /** What a reader chooses it by, such as `v0.2`. */
  readonly name: string;
  /** Where it stands below the address of the site: empty, or such as `v0.1/`. */
  readonly path: string;
  /** The tag or branch that it is built from, to which its links into the repository lead. */
  readonly ref: string;
}

/** What a build is told of: itself, and its siblings. */
export interface EditionOfBuild extends Edition {
  /** All of them, in the order of the menu. */
  readonly all: readonly Pick<Edition, 'name' | 'path'>[];
}

/** The branch that releases are made from. */
const MAIN = 'main';

/** Releases whose documentation is kept, each the last of its minor version. */
const KEPT = 5;

/** By which {@link editionOfBuild} is told, as JSON. */
export const EDITION_VARIABLE = 'WAXSEAL_SITE_EDITION';

/**
 * The editions of a repository with these tags: the newest release at the address of the site, older ones
 * under their minor version, and what comes next under `next/`; alone, as long as there is no release.
 *
 * @param tags any; those that are no release, as `v0.2.0-rc.1`, are passed over
 */
export function editionsOf(tags: readonly string[]): Edition[] {
  const newest = new Map<string, readonly [major: number, minor: number, patch: number]>();
  for (const tag of tags) {
    const parts = /^v(\d+)\.(\d+)\.(\d+)$/.exec(tag);
    if (parts === null) continue;
    const version = [Number(parts[1]), Number(parts[2]), Number(parts[3])] as const;
    const minor = `v${String(version[0])}.${String(version[1])}`;
    const known = newest.get(minor);
    if (known === undefined || version[2] > known[2]) newest.set(minor, version);
  }
  const releases = [...newest].sort(([, a], [, b]) => b[0] - a[0] || b[1] - a[1]).slice(0, KEPT);
  const next = { name: 'next', path: releases.length === 0 ? '' : 'next/', ref: MAIN };
  return [
    ...releases.map(([name, version], index) => ({
      name,
      path: index === 0 ? '' : `${name}/`,
      ref: `v${version.join('.')}`,
    })),
    next,
  ];
}

/** What this build is, by the environment; without it, what comes next, alone. */
export function editionOfBuild(text = process.env[EDITION_VARIABLE]): EditionOfBuild {
  const [alone] = editionsOf([]) as [Edition];
  return text === undefined ? { ...alone, all: [alone] } : (JSON.parse(text) as EditionOfBuild);
}
