import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, it } from '@jest/globals';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

const promtool = process.env['WAXSEAL_PROMTOOL'];
const folder = join(__dirname, '../../../docs/operations');

/** Runs promtool, which exits with an error where something is wrong. */
async function run(path: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(path, args, { cwd: folder });
  return stdout;
}

if (promtool === undefined) {
  const reason = 'set WAXSEAL_PROMTOOL to the path of promtool, which comes with Prometheus';
  process.stderr.write(`The alert rules are not run: ${reason}.\n`);
  it.skip(`alert rules (not run: ${reason})`, () => undefined);
} else {
  it('the alert rules are valid, and fire as their tests say', async () => {
    expect(await run(promtool, 'check', 'rules', 'alerts.yaml')).toContain('SUCCESS');
    expect(await run(promtool, 'test', 'rules', 'alerts.test.yaml')).toContain('SUCCESS');
  });

  it('the expressions of the dashboard are PromQL', async () => {
    const dashboard = readFileSync(join(folder, 'dashboard.json'), 'utf8')
      .replace(/\$__(rate_interval|range)/g, '5m')
      .replace(/\$(job|key)\b/g, '.*');
    const { panels } = JSON.parse(dashboard) as { panels: { targets: { expr: string }[] }[] };
    const rules = panels
      .flatMap((panel) => panel.targets)
      .map(({ expr }, index) => ({ record: `panel:${String(index)}`, expr }));
    const temporary = temporaryDirectory();
    // JSON is YAML.
    writeFileSync(join(temporary, 'rules.yaml'), JSON.stringify({ groups: [{ name: 'panels', rules }] }));
    const checked = await run(promtool, 'check', 'rules', join(temporary, 'rules.yaml'));
    expect(checked).toContain(`SUCCESS: ${String(rules.length)} rules found`);
  });
}
