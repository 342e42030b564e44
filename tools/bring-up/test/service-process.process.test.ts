import { describe, expect, it } from '@jest/globals';
import { startServiceProcess, waitUntil } from '../src/process';

async function start(script: string) {
  const service = await startServiceProcess(process.execPath, ['-e', `${script}; console.log('ready')`]);
  await waitUntil(() => service.output().includes('ready'));
  return service;
}

function runs(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}

describe('startServiceProcess', () => {
  it('stops a service by SIGTERM', async () => {
    const service = await start('setInterval(() => {}, 1000)');
    expect(service.ended).toBeUndefined();
    await service.stop();
    expect(service.ended).toBe('it was ended by SIGTERM');
    await service.stop();
  });

  it('kills one that does not heed SIGTERM', async () => {
    const service = await start("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)");
    await service.stop(100);
    expect(service.ended).toBe('it was ended by SIGKILL');
  });

  it.each([
    'process.exit(0)',
    "process.kill(process.pid, 'SIGTERM')",
    "process.kill(process.pid, 'SIGKILL')",
  ])('leaves nothing behind when its own process ends by %s', async (end) => {
    const modulePath = require.resolve('@waxseal/bring-up');
    const outer = await start(`
        const { startServiceProcess } = require(${JSON.stringify(modulePath)});
        startServiceProcess(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
          .then(({ processId }) => { console.log('inner', processId); setTimeout(() => { ${end} }, 200); })`);
    await waitUntil(() => outer.ended !== undefined);
    const inner = Number(/inner (\d+)/.exec(outer.output())?.[1]);
    expect(inner).toBeGreaterThan(0);
    expect(await waitUntil(() => !runs(inner), { timeoutMs: 5_000 })).toBe(true);
  });
});
