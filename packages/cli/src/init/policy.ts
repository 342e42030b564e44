import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What stands in a policy in the place of `{{name}}`. */
export type PolicyValues = Readonly<Record<string, string>>;

/**
 * A policy with the least rights of one role, made of its template in the folder `policy` of this package.
 * The documents quote the same templates.
 *
 * @param name such as `aws/worker.json`
 */
export function renderPolicy(name: string, values: PolicyValues): string {
  const template = readFileSync(join(__dirname, '..', '..', 'policy', name), 'utf8');
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, key: string) => values[key] ?? `<${key}>`);
}
