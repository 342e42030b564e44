import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { temporal } from '@temporalio/proto';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { choose, type Fate } from '../src/reseal/choose';
import { RecordFile } from '../src/reseal/record-file';
import { Sealer } from '../src/reseal/sealer';
import { unknownFields } from '../src/scan/unknown-fields';
import { typeOf } from '../src/scan/messages';
import type { PayloadKind } from '../src/scan/walk';

const { Schedule } = temporal.api.schedule.v1;
const clear = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('1') };
const key = (id: string): LocalKey => new LocalKey({ id, key: Buffer.alloc(32, id) });

describe('what becomes of a payload', () => {
  const all = { from: undefined, plaintext: false };
  const fateOf = (
    payload: object,
    choice: { readonly from: string | undefined; readonly plaintext: boolean },
    current: readonly string[],
    kind: PayloadKind = 'input',
  ): Fate => choose(payload, kind, choice, current).fate;

  it('is told by the keys that it names', async () => {
    const keyring = new Keyring({ primary: key('old'), additional: [key('both')] });
    const codec = new EnvelopeCodec({ keyring });
    const [sealed = {}] = await codec.encode([clear]);
    codec.close();
    const { names } = choose(sealed, 'input', all, []);
    const [old = '', both = ''] = names;
    expect(fateOf(sealed, all, [both, old])).toBe('current');
    expect(fateOf(sealed, all, [old])).toBe('reseal');
    expect(fateOf(sealed, all, ['new'])).toBe('reseal');
    expect(fateOf(sealed, { ...all, from: both }, ['new'])).toBe('reseal');
    expect(fateOf(sealed, { ...all, from: 'another' }, ['new'])).toBe('passed over');
    expect(fateOf(sealed, all, ['new'], 'header')).toBe('reseal');
  });

  it('is nothing where it is in clear, unless that is asked for', () => {
    expect(fateOf(clear, all, ['new'])).toBe('passed over');
    expect(fateOf(clear, { ...all, plaintext: true }, ['new'])).toBe('reseal');
    expect(fateOf(clear, { from: 'old', plaintext: true }, ['new'])).toBe('passed over');
    expect(fateOf(clear, { ...all, plaintext: true }, ['new'], 'header')).toBe('passed over');
  });

  it('is to be said where another codec has encrypted it, or it cannot be read', () => {
    const named = { 'encryption-key-id': Buffer.from('theirs') };
    const foreign = { metadata: { encoding: Buffer.from('binary/encrypted'), ...named } };
    const broken = { metadata: { encoding: Buffer.from('binary/envelope'), ...named }, data: Buffer.of(1) };
    expect([fateOf(foreign, all, ['new']), fateOf(broken, all, ['new'])]).toEqual(['foreign', 'foreign']);
    expect(fateOf(foreign, { ...all, from: 'old' }, ['new'])).toBe('passed over');
    expect(fateOf(foreign, all, ['new'], 'header')).toBe('passed over');
  });
});

describe('fields that an update would lose', () => {
  const type = typeOf(Schedule);
  const schedule = {
    action: { startWorkflow: { workflowId: 'x', memo: { fields: { '7': clear, a: clear } } } },
    spec: { interval: [{ interval: { seconds: 1 as never } }] },
    state: { notes: 'n', paused: true },
  };
  const bytes = Schedule.encode(schedule).finish();
  /** A field of number 1000 with one byte. */
  const unknown = Buffer.of(0xc2, 0x3e, 1, 7);

  it('are none where all are known', () => {
    expect(unknownFields(type, bytes)).toEqual([]);
  });

  it('are found outside and deep within, also in a map', () => {
    expect(unknownFields(type, Buffer.concat([bytes, unknown]))).toEqual(['1000']);
    // action 2, startWorkflow 1, memo 11, fields 1; state 4.
    const within = (field: number, inner: Uint8Array): Buffer =>
      Buffer.concat([Buffer.of(field * 8 + 2, inner.length), inner]);
    expect(unknownFields(type, within(4, unknown))).toEqual(['state.1000']);
    const entry = within(1, Buffer.concat([Buffer.of(10, 1, 97), within(2, unknown)]));
    expect(unknownFields(type, within(2, within(1, within(11, entry))))).toEqual([
      'action.startWorkflow.memo.fields.value.1000',
    ]);
  });

  it('may be in what cannot be read', () => {
    expect(unknownFields(type, bytes.subarray(0, bytes.length - 1))).toHaveLength(1);
    expect(unknownFields(type, Buffer.of(0x0b))).toEqual(['(not protobuf)']);
    expect(unknownFields(type, Buffer.alloc(12, 0xff))).toEqual(['(not protobuf)']);
  });
});

describe('sealing anew', () => {
  it('is refused by a configuration that does not encrypt', () => {
    const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: key('old') }), encrypt: false });
    expect(() => new Sealer({ codec, codecs: [codec] })).toThrow(/does not encrypt/);
    codec.close();
  });
});

describe('a record', () => {
  it('is for its owner, and grows', () => {
    const path = join(temporaryDirectory(), 'record.ndjson');
    for (const id of ['a', '\u202eb']) {
      const record = new RecordFile(path);
      record.write({ id });
      record.close();
    }
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = readFileSync(path, 'utf8');
    expect(text).not.toContain('\u202e');
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([{ id: 'a' }, { id: '\u202eb' }]);
  });
});
