import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './settings';

/** What can be imported from a package. */
export interface ApiEntry {
  /** As it is imported, such as `@waxseal/core/provider`. */
  readonly entry: string;
  /** Its source, from the root of the repository. */
  readonly source: string;
  /** The page of its reference, such as `api/core.provider.md`. */
  readonly route: string;
}

/** Every public entry of every package. `/internal` is for Waxseal's own packages, and no one else's. */
export function apiEntries(): ApiEntry[] {
  return readdirSync(join(ROOT, 'packages')).flatMap((name) => {
    const { exports = {} } = JSON.parse(
      readFileSync(join(ROOT, 'packages', name, 'package.json'), 'utf8'),
    ) as { exports?: Record<string, string | { types?: unknown }> };
    return Object.entries(exports).flatMap(([path, target]) => {
      const types = typeof target === 'object' ? typesOf(target) : undefined;
      if (types === undefined || path === './internal') return [];
      const parts = path.split('/').slice(1);
      return [
        {
          entry: ['@waxseal', name, ...parts].join('/'),
          source: `packages/${name}/${types.replace('./dist/', 'src/').replace('.d.ts', '.ts')}`,
          route: `api/${[name, ...parts].join('.')}.md`,
        },
      ];
    });
  });
}

/** The types of an entry, also where they stand under a condition such as `require`. */
function typesOf(target: object): string | undefined {
  for (const [condition, value] of Object.entries(target) as [string, unknown][]) {
    if (condition === 'types' && typeof value === 'string') return value;
    if (typeof value === 'object' && value !== null) {
      const types = typesOf(value);
      if (types !== undefined) return types;
    }
  }
  return undefined;
}
