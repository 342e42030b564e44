import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { payloadOfJson, toProtojson, type PayloadJson } from '@waxseal/test-support';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { inspectFiles } from '../src/inspect/inspect-sources';
import { inspected, type Inspected } from '../src/inspect/inspected';
import { InspectTotals } from '../src/inspect/inspect-totals';

const directory = temporaryDirectory('waxseal-inspect-');
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const payload = (encoding: string, metadata: Record<string, string> = {}): object => ({
  metadata: {
    encoding: base64(encoding),
    ...Object.fromEntries(Object.entries(metadata).map(([name, text]) => [name, base64(text)])),
  },
  data: base64('secret'),
});
const PLAIN = payload('json/plain');
let sealed: PayloadJson;

beforeAll(async () => {
  const codec = new EnvelopeCodec({
    keyring: new Keyring({ primary: new LocalKey({ id: 'orders', key: Buffer.alloc(32, 1) }) }),
  });
  const context = { type: 'workflow', namespace: 'orders', workflowId: 'w' } as const;
  const [encoded] = await codec.encode([payloadOfJson('1')], context);
  codec.close();
  sealed = toProtojson(encoded);
});

function file(name: string, ...lines: readonly unknown[]): string {
  const path = join(directory, name);
  writeFileSync(
    path,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  return path;
}

async function look(...files: string[]) {
  const totals = new InspectTotals();
  const found: Inspected[] = [];
  const notLooked: string[] = [];
  await inspectFiles(files, {
    payload: (each, source) => {
      found.push(inspected(each, source));
      totals.add(inspected(each, source), each.isBesideCodecs);
    },
    failureInClear: () => {
      totals.failureInClear();
    },
    notLooked: (why) => notLooked.push(why),
  });
  return { found, totals, notLooked };
}

const event = (id: string, attributes: object): object => ({
  eventId: id,
  eventTime: '2026-11-30T01:02:03.456Z',
  ...attributes,
});
const started = () =>
  event('1', {
    workflowExecutionStartedEventAttributes: {
      input: { payloads: [sealed, PLAIN] },
      header: { fields: { trace: PLAIN } },
      searchAttributes: { indexedFields: { Customer: PLAIN } },
    },
  });
const failed = () =>
  event('7', {
    activityTaskFailedEventAttributes: {
      failure: { message: 'card 4242', encodedAttributes: sealed },
    },
  });

describe('what inspect reads', () => {
  it('says of each payload of a history which event, kind and field it is', async () => {
    const { found, totals } = await look(file('history.json', { events: [started(), failed()] }));
    expect(
      found.map(({ event, kind, field, format }) => [event?.id, event?.type, kind, field, format]),
    ).toEqual([
      ['1', 'workflowExecutionStarted', 'input', 'input.payloads[0]', 'waxseal'],
      ['1', 'workflowExecutionStarted', 'input', 'input.payloads[1]', 'plaintext'],
      ['1', 'workflowExecutionStarted', 'header', 'header.fields["trace"]', 'plaintext'],
      ['7', 'activityTaskFailed', 'failure', 'failure.encodedAttributes', 'waxseal'],
    ]);
    expect(found[0]).toMatchObject({
      event: { time: '2026-11-30T01:02:03.456Z' },
      keys: ['orders'],
      envelope: { context: { namespace: 'orders' } },
    });
    expect(found[0]).not.toHaveProperty('source');
    expect(totals.toJSON()).toMatchObject({
      payloads: 4,
      encrypted: 2,
      plaintext: 1,
      besideCodecs: 1,
      failuresInClear: 1,
      byKey: [{ format: 'waxseal', key: 'orders', payloads: 2 }],
      byEncoding: [{ encoding: 'json/plain', payloads: 1 }],
    });
    expect(totals.notEncrypted).toBe(2);
  });

  it('reads a document on each line, an event on each line, folders, and arrays of histories', async () => {
    mkdirSync(join(directory, 'folder', 'inner'), { recursive: true });
    file('folder/inner/lines.ndjson', started(), '', { any: { thing: sealed } });
    file('folder/two.json', [{ events: [started()] }, { history: { events: [failed()] } }]);
    file('folder/note.txt', 'not looked at');
    // A way back that would never end.
    symlinkSync(join(directory, 'folder'), join(directory, 'folder', 'inner', 'loop'));
    const { found } = await look(join(directory, 'folder'));
    const sources = found.map(
      ({ source = '', field }) => `${source.slice(directory.length + 8)} ${field ?? ''}`,
    );
    expect(sources).toEqual([
      'inner/lines.ndjson, line 1 input.payloads[0]',
      'inner/lines.ndjson, line 1 input.payloads[1]',
      'inner/lines.ndjson, line 1 header.fields["trace"]',
      'inner/lines.ndjson, line 3 any.thing',
      'two.json, history 1 input.payloads[0]',
      'two.json, history 1 input.payloads[1]',
      'two.json, history 1 header.fields["trace"]',
      'two.json, history 2 failure.encodedAttributes',
    ]);
  });

  it('names formats of others, and shows no key that stands where its name belongs', async () => {
    const key = 'base64key://c2VjcmV0LWtleS1vZi10aGlydHktdHdvLWJ5dGVzISE=';
    const { found, totals } = await look(
      file('others.json', [
        payload('binary/encrypted', { 'encryption-key-id': key, 'encryption-dek': 'x' }),
        payload('binary/encrypted', { 'encryption-key-id': 'test' }),
        payload('binary/uuid-sub'),
        { ...sealed, data: 'AgE=' },
      ]),
    );
    expect(found.map(({ format }) => format)).toEqual([
      'temporal-proxy',
      'samples',
      'elsewhere',
      'malformed',
    ]);
    expect(JSON.stringify(found)).not.toContain('c2Vjc');
    expect(totals.toJSON()).toMatchObject({ encrypted: 2, malformed: 1, elsewhere: 1, plaintext: 0 });
    expect(totals.notEncrypted).toBe(2);
  });

  it('says that shorthand was not looked at, and what is wrong with a line', async () => {
    const shorthand = {
      events: [event('1', { workflowExecutionStartedEventAttributes: { input: ['one'] } })],
    };
    const { found, notLooked } = await look(file('shorthand.json', shorthand));
    expect(found).toEqual([]);
    expect(notLooked).toEqual([expect.stringContaining('--no-json-shorthand-payloads')]);
    await expect(look(file('broken.ndjson', sealed, '{"a":'))).rejects.toThrow(
      'broken.ndjson, line 2 is not valid JSON',
    );
    await expect(look(file('text.txt', 'no payload!'))).rejects.toThrow('neither JSON nor the base64');
  });

  it('does not take an own property for a prototype', async () => {
    const { found } = await look(
      file('proto.json', '{"__proto__":{"constructor":[' + JSON.stringify(sealed) + ']}}'),
    );
    expect(found.map(({ field }) => field)).toEqual(['__proto__.constructor[0]']);
  });
});
