import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { TOKEN_ENCODING, TokenFilter } from '@waxseal/claim-check';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { collectionLines, refusals, type CollectedScan } from '../src/store/collection-report';
import { CollectionFile } from '../src/store/collection-state';
import { graceOf } from '../src/store/gc';
import { NeededTokens } from '../src/store/needed-tokens';

const directory = temporaryDirectory();

describe('what is needed', () => {
  const bytes = (text: string): Uint8Array => Buffer.from(text);
  const token = randomUUID();
  const data = Buffer.from(token.replaceAll('-', ''), 'hex');

  it('are tokens, wherever they stand, and references of the SDK', () => {
    for (const kind of ['input', 'header', 'marker of the SDK'] as const) {
      const needed = new NeededTokens();
      needed.note({ metadata: { encoding: bytes(TOKEN_ENCODING) }, data }, kind);
      expect([needed.filter.mayHave(token), needed.untold]).toEqual([true, 0]);
    }
    const needed = new NeededTokens();
    const reference = {
      metadata: {
        encoding: bytes('json/protobuf'),
        messageType: bytes('temporal.api.sdk.v1.ExternalStorageReference'),
      },
      data: bytes(JSON.stringify({ driverName: 'waxseal', claimData: { token, sha256: '' } })),
      externalPayloads: [{}],
    };
    needed.note(reference, 'input');
    expect([needed.filter.mayHave(token), needed.untold]).toEqual([true, 0]);
  });

  it.each([
    [
      'a reference to another store',
      1,
      { encoding: 'json/protobuf', messageType: 'temporal.api.sdk.v1.ExternalStorageReference' },
      '{"driverName":"s3","claimData":{}}',
    ],
    ['an encoding that is not known', 1, { encoding: 'binary/zlib' }, 'x'],
    ['plain JSON', 0, { encoding: 'json/plain' }, '1'],
    ['a token of another length, which leads nowhere', 0, { encoding: TOKEN_ENCODING }, 'x'],
  ])('%s', (_, untold, metadata, text) => {
    const needed = new NeededTokens();
    const asBytes = Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, bytes(value)]));
    needed.note({ metadata: asBytes, data: bytes(text) }, 'input');
    expect(needed.untold).toBe(untold);
  });
});

describe('a refusal', () => {
  const whole: CollectedScan = {
    source: 'Namespace "shop"',
    holders: { schedules: 1 },
    leftOut: [],
    blindSpots: ['backups'],
    untold: 0,
  };

  it('is there wherever not all was seen, and says what to do', () => {
    expect(refusals(whole, {})).toEqual([]);
    expect(
      refusals({ ...whole, leftOut: ['the schedules: ask again'] }, { allowEmpty: true, allowUntold: true }),
    ).toEqual(['Not looked at: the schedules: ask again']);
    expect(refusals({ ...whole, holders: {} }, {})).toEqual([expect.stringContaining('--allow-empty')]);
    expect(refusals({ ...whole, holders: {} }, { allowEmpty: true })).toEqual([]);
    expect(refusals({ ...whole, untold: 1 }, {})).toEqual([
      expect.stringContaining('1 payload may lead to a token, and does not tell'),
    ]);
    expect(refusals({ ...whole, untold: 1 }, { allowUntold: true })).toEqual([]);
  });

  it('is told in the place of what was removed', () => {
    const base = {
      ...whole,
      reportVersion: 1,
      namespace: 'shop',
      dryRun: false,
      collection: 7,
      read: 1,
    } as const;
    const lines = collectionLines({ ...base, refused: ['It was so.'], sweep: null }).join('\n');
    expect(lines).toContain('Nothing was marked, and nothing was removed:\n- It was so.');
    const none = {
      records: 3,
      bytes: 30,
      needed: 1,
      marked: 1,
      markedBytes: 10,
      removed: 1,
      removedBytes: 10,
    };
    const done = collectionLines({ ...base, refused: [], sweep: none }).join('\n');
    expect(done).toContain(
      'marked: 1 record of 10 bytes: goes with the next collection unless something needs it',
    );
    expect(done).toContain('removed: 1 record of 10 bytes');
  });
});

describe('the state of a collection', () => {
  const state = { namespace: 'shop', scopes: ['ab'], collection: 3, waitedMs: 10 };

  it('has the tokens in a file beside, never of another scan', async () => {
    const path = join(directory, 'state.json');
    const filter = new TokenFilter(1024);
    const token = randomUUID();
    filter.add(token);
    const scan = { untold: 2, filter, state: { stateVersion: 2, namespaceId: 'x' } as const };
    const file = await CollectionFile.open(path);
    await file.write(
      () => state,
      () => scan,
      true,
    );
    const read = await file.read();
    expect(read).toMatchObject({ ...state, scan: { untold: 2, state: scan.state } });
    if (read?.scan === undefined) throw new Error('There is no scan.');
    expect((await file.readTokens(read.scan)).mayHave(token)).toBe(true);
    await expect(file.readTokens({ ...read.scan, salt: '00' })).rejects.toThrow('Delete both files');
    writeFileSync(`${path}.tokens`, readFileSync(`${path}.tokens`).subarray(0, 16));
    await expect(file.readTokens(read.scan)).rejects.toThrow('Delete both files');
    await file.remove();
    expect(await file.read()).toBeUndefined();
    await expect(file.readTokens(read.scan)).rejects.toThrow('Delete both files');
    await file.close();
  });

  it('is not that of a scan of keys', async () => {
    const path = join(directory, 'usage.json');
    writeFileSync(path, JSON.stringify({ stateVersion: 2, namespaceId: 'x' }));
    const file = await CollectionFile.open(path);
    await expect(file.read()).rejects.toThrow('no state of a scan by this release');
    await file.close();
  });
});

it('waits for a duration', () => {
  expect(['0', '90s', '1h'].map(graceOf)).toEqual([0, 90_000, 3_600_000]);
  for (const wrong of ['-1', 'soon', '31d'])
    expect(() => graceOf(wrong)).toThrow('--grace must be a duration');
});
