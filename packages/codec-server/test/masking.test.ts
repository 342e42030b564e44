import { describe, expect, it } from '@jest/globals';
import type { Shown } from '../src';
import { apply, hiddenBecause, masked, metadataOf, payload, textOf } from './support/masked';

const card = { path: '$.card', show: { last: 4 } } as const;

describe('a rule', () => {
  it.each<[value: string, show: Shown, expected: string]>([
    ['"4111111111111111"', { last: 4 }, '"****1111"'],
    ['"4111 1111 1111 1111 "', { last: 4 }, '"****1111"'],
    ['"4111-1111-1111-1234"', { last: 4 }, '"****1234"'],
    ['4111111111111234', { last: 4 }, '"****1234"'],
    ['-4111111111111234', { last: 4 }, '"****1234"'],
    ['4.111111111111234e15', { last: 4 }, '"[masked]"'],
    ['4111111111111234.0', { last: 4 }, '"[masked]"'],
    ['"1234"', { last: 4 }, '"[masked]"'],
    ['"1234567"', { last: 4 }, '"[masked]"'],
    ['"12345678"', { last: 4 }, '"****5678"'],
    ['"        1234"', { last: 4 }, '"[masked]"'],
    ['"----1234----"', { last: 4 }, '"[masked]"'],
    ['""', { last: 1 }, '"[masked]"'],
    ['"anna@example.com"', { first: 2 }, '"an****"'],
    ['"a😀bcd𝔘"', { last: 1 }, '"****𝔘"'],
    ['"𝔘𝔙𝔚𝔛"', { last: 1 }, '"****𝔛"'],
    ['"\\u0031\\u0032\\u0033\\u0034"', { last: 2 }, '"****34"'],
    ['"\\ud83dabcdef"', { first: 2 }, '"ab****"'],
    ['"1234\\"5678"', { last: 4 }, '"****5678"'],
    ['true', { last: 1 }, '"[masked]"'],
    ['null', { first: 1 }, '"[masked]"'],
    ['{"a":"secret-12345"}', { last: 4 }, '"[masked]"'],
    ['["secret-12345"]', { last: 4 }, '"[masked]"'],
    ['"secret"', 'type', '"[masked string]"'],
    ['7', 'type', '"[masked number]"'],
    ['false', 'type', '"[masked boolean]"'],
    ['null', 'type', '"[masked null]"'],
    ['{"secret":1}', 'type', '"[masked object]"'],
    ['["secret"]', 'type', '"[masked array]"'],
    ['"secret"', 'nothing', '"[masked]"'],
    ['7', 'nothing', '"[masked]"'],
    ['{"secret":1}', 'nothing', '"[masked]"'],
  ])('makes %s with %j into %s', async (value, show, expected) => {
    expect(await masked(`{"card":${value}}`, { path: '$.card', show })).toBe(`{"card":${expected}}`);
    expect(await masked(value, { path: '$', show })).toBe(expected);
  });

  it('shows nothing by default', async () => {
    expect(await masked('{"name":"Anna"}', { path: '$.name' })).toBe('{"name":"[masked]"}');
  });

  it('selects in arrays, at any depth, and by filter', async () => {
    const text = '{"items":[{"kind":"card","no":"1"},{"kind":"box","no":"2"}],"x":{"pin":9}}';
    expect(await masked(text, { path: '$.items[*].no' }, { path: '$..pin' })).toBe(
      '{"items":[{"kind":"card","no":"[masked]"},{"kind":"box","no":"[masked]"}],"x":{"pin":"[masked]"}}',
    );
    expect(await masked(text, { path: '$.items[?@.kind == "card"].no' })).toBe(
      '{"items":[{"kind":"card","no":"[masked]"},{"kind":"box","no":"2"}],"x":{"pin":9}}',
    );
    expect(
      await masked('{"n":"call 4111111111111111","m":"hi"}', { path: '$[?search(@, "[0-9]{13,19}")]' }),
    ).toBe('{"n":"[masked]","m":"hi"}');
  });

  it.each([
    ['{"a":1,"b":2,"c":3}', '$.a', '{"b":2,"c":3}'],
    ['{"a":1,"b":2,"c":3}', '$.b', '{"a":1,"c":3}'],
    ['{"a":1,"b":2,"c":3}', '$.c', '{"a":1,"b":2}'],
    ['{"a":1,"b":2,"c":3}', '$["a","b"]', '{"c":3}'],
    ['{"a":1,"b":2,"c":3}', '$["a","c"]', '{"b":2}'],
    ['{"a":1,"b":2,"c":3}', '$["b","c"]', '{"a":1}'],
    ['{ "a" : 1 , "b" : 2 }', '$.b', '{ "a" : 1 }'],
    ['{"a":1}', '$.a', '{}'],
    ['[1,2,3,4]', '$[1:3]', '[1,4]'],
    ['[1,2,3,4]', '$[*]', '[]'],
  ])('removes of %s what %s selects', async (text, path, expected) => {
    expect(await masked(text, { path, remove: true })).toBe(expected);
  });

  it('hides the payload when it removes the root', async () => {
    expect(await hiddenBecause(payload('"Anna"'), { path: '$', remove: true })).toBe('removed');
  });

  it('that selects nothing leaves every byte', async () => {
    const text =
      ' {"n": 12345678901234567890, "e":1e400,"z":-0.0, "u":"\\u00e9é", "t":[1.10,\r\n\t{ }], "__proto__":{"a":1}} ';
    expect(await masked(text, card)).toBe(text);
  });

  it('leaves the bytes of all that it does not select', async () => {
    expect(await masked('{ "n":12345678901234567890,"card":"4111111111111111" ,"e":1E+400}', card)).toBe(
      '{ "n":12345678901234567890,"card":"****1111" ,"e":1E+400}',
    );
  });
});

describe('rules together', () => {
  const text = '{"card":"4111111111111234"}';

  it.each<[Shown | 'remove', Shown | 'remove', string]>([
    [{ last: 4 }, { last: 2 }, '{"card":"****34"}'],
    [{ last: 2 }, { last: 4 }, '{"card":"****34"}'],
    [{ first: 4 }, { last: 4 }, '{"card":"[masked]"}'],
    [{ last: 4 }, 'type', '{"card":"[masked string]"}'],
    ['nothing', { last: 4 }, '{"card":"[masked]"}'],
    ['nothing', 'remove', '{}'],
  ])('of one policy, %j and %j, allow what both do', async (one, other, expected) => {
    const rules = [one, other].map((shown) =>
      shown === 'remove' ? { path: '$.card', remove: true as const } : { path: '$..card', show: shown },
    );
    expect(await masked(text, ...rules)).toBe(expected);
  });

  it('hide what lies in a hidden object, whatever else selects it', async () => {
    expect(
      await masked(
        '{"a":{"card":"4111111111111234"}}',
        { path: '$.a' },
        { path: '$..card', show: { last: 4 } },
      ),
    ).toBe('{"a":"[masked]"}');
  });
});

describe('json/protobuf', () => {
  const both = ['{"cardNumber":"4111111111111234"}', '{"card_number":"4111111111111234"}'];

  it.each(['$.cardNumber', '$.card_number', '$..card_number', '$["card_number"]'])(
    'finds both names by %s',
    async (path) => {
      for (const text of both) {
        const shown = await apply(
          { mask: [{ path, show: { last: 4 } }] },
          payload(text, 'json/protobuf', { messageType: 'a.B' }),
        );
        expect(textOf(shown)).toBe(text.replace('411111111111', '****'));
        expect(metadataOf(shown)).toEqual({ encoding: 'json/protobuf', messageType: 'a.B' });
      }
    },
  );

  it('finds both names in filters', async () => {
    const text =
      '{"cards":[{"card_kind":"x","pin":"1"},{"cardKind":"x","pin":"2"},{"cardKind":"y","pin":"3"}]}';
    const shown = await apply(
      { mask: [{ path: '$.cards[?@.card_kind == "x"].pin' }] },
      payload(text, 'json/protobuf'),
    );
    expect(textOf(shown)).toBe(text.replace('"1"', '"[masked]"').replace('"2"', '"[masked]"'));
  });

  it('looks into Any, and takes int64 as the text it is', async () => {
    const text = '{"detail":{"@type":"type.googleapis.com/a.B","account_id":"9223372036854775807"}}';
    const shown = await apply(
      { mask: [{ path: '$..accountId', show: { last: 2 } }] },
      payload(text, 'json/protobuf'),
    );
    expect(textOf(shown)).toBe(text.replace('9223372036854775807', '****07'));
  });

  it('is hidden when both names stand in one object', async () => {
    const text = '{"cardNumber":"1","card_number":"2"}';
    expect(await hiddenBecause(payload(text, 'json/protobuf'), { path: '$.x' })).toBe('ambiguous');
    expect(await hiddenBecause(payload(text), { path: '$.x' })).toBeUndefined();
  });

  it('keeps names exact in json/plain', async () => {
    expect(await masked('{"card_number":"1"}', { path: '$.cardNumber' })).toBe('{"card_number":"1"}');
  });
});

describe('an encoded failure', () => {
  const failure = payload('{"message":"no card 4111111111111111","stack_trace":"at pay(4111)"}');

  it('shows neither message nor stack', async () => {
    expect(textOf(await apply({ mask: [card] }, failure))).toBe(
      '{"message":"[masked]","stack_trace":"[masked]"}',
    );
    expect(textOf(await apply({ mask: [{ path: '$.message', show: { last: 4 } }] }, failure))).toBe(
      '{"message":"[masked]","stack_trace":"[masked]"}',
    );
  });

  it('follows the rules alone with failures: show', async () => {
    const mask = [{ path: '$.stack_trace', remove: true }] as const;
    expect(textOf(await apply({ mask, failures: 'show' }, failure))).toBe(
      '{"message":"no card 4111111111111111"}',
    );
  });
});

describe('a payload', () => {
  it('keeps of its metadata the encoding and the message type', async () => {
    const given = payload('1', 'json/plain', {
      messageType: 'secret.Type',
      note: 'secret',
      'waxseal-hidden': 'x',
    });
    expect(metadataOf(await apply({ mask: [card] }, given))).toEqual({ encoding: 'json/plain' });
  });

  it('of a known kind with nothing in it passes', async () => {
    const shown = await apply({ mask: [card] }, payload('', 'binary/null', { note: 'secret' }));
    expect([metadataOf(shown), textOf(shown)]).toEqual([{ encoding: 'binary/null' }, '']);
  });

  it('that could not be opened keeps its code, and loses its text', async () => {
    const given = payload('"made up"', 'json/plain', { 'waxseal-unreadable': 'WAXSEAL_UNKNOWN_KEY' });
    const shown = await apply({ mask: [card] }, given);
    expect(textOf(shown)).toBe('"[unreadable: WAXSEAL_UNKNOWN_KEY]"');
    expect(metadataOf(shown)).toEqual({
      encoding: 'json/plain',
      'waxseal-unreadable': 'WAXSEAL_UNKNOWN_KEY',
    });
  });

  it('is shown unchanged by full, and never by denied', async () => {
    const given = payload('\u0001', 'binary/plain', { note: 'x' });
    expect(await apply('full', given)).toBe(given);
    for (const some of [given, payload('1'), payload('', 'binary/null')]) {
      const shown = await apply('denied', some);
      expect(textOf(shown)).toBe('"[hidden by policy: your role may not see payloads]"');
      expect(metadataOf(shown)).toEqual({ encoding: 'json/plain', 'waxseal-hidden': 'denied' });
    }
  });
});
