import { describe, expect, it } from '@jest/globals';
import { hasZstd } from '@waxseal/compression';

import { checkConfig } from '../src/waxseal-config';
import { folder } from './support/folder';
import { loadIn } from './support/load-in';

/** The codecs that compress, by their settings, in a folder with this in its file. */
async function shown(inFile: unknown, variable?: string): Promise<readonly object[]> {
  const made = folder();
  const config = { primaryKey: made.keyUri('orders'), compression: inFile };
  made.write('waxseal.config.json', JSON.stringify(config));
  const loaded = await loadIn(made.path, variable === undefined ? {} : { WAXSEAL_COMPRESSION: variable });
  if (loaded.error !== undefined) throw new Error(loaded.error);
  return loaded.compression ?? [];
}

/** What is wrong with a file in code whose `codecs` holds a codec that compresses. */
async function errorBeside(
  field: string,
  environment: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const made = folder();
  made.write(
    'waxseal.config.cjs',
    `const { ZlibCodec } = require('@waxseal/compression');
     module.exports = { primaryKey: ${JSON.stringify(made.keyUri('orders'))}, ${field} codecs: [new ZlibCodec()] };`,
  );
  return (await loadIn(made.path, environment)).error;
}

const zlib = { encoding: 'binary/zlib' };
const reading = (name: string): object => ({ encoding: `binary/${name}`, threshold: 'Infinity' });
/** What reads the other format, beside zlib. */
const OTHER = hasZstd() ? [reading('zstd')] : [];

describe('compression of a configuration', () => {
  it('is none, unless it is asked for', async () => {
    expect(await shown(undefined)).toEqual([]);
    expect(await shown('zlib', ' none ')).toEqual([]);
  });

  it('writes the format that is named, and reads the other', async () => {
    expect(await shown('zlib')).toMatchObject([{ ...zlib, level: 6, threshold: 256 }, ...OTHER]);
    expect(await shown(undefined, 'zlib')).toMatchObject([zlib, ...OTHER]);
    const options = { threshold: 0, level: 9, padding: 'padme', maxDecompressedBytes: 1_000 } as const;
    const [first, second] = await shown({ format: 'zlib', ...options });
    expect(first).toMatchObject(options);
    if (hasZstd()) expect(second).toMatchObject({ maxDecompressedBytes: 1_000, padding: false });
  });

  it('reads alone, in the first stage of a rollout', async () => {
    const both = [reading('zlib'), ...OTHER];
    expect(await shown('read')).toMatchObject(both);
    const limited = { format: 'read', maxDecompressedBytes: 1_000 } as const;
    expect(await shown(limited)).toMatchObject([{ maxDecompressedBytes: 1_000 }, ...OTHER]);
    expect(await shown({ format: 'zlib', padding: 'padme' }, 'read')).toMatchObject(both);
    await expect(shown({ ...limited, level: 9 })).rejects.toThrow(
      /^waxseal\.config\.json: compression: level has no effect beside format "read"/,
    );
  });

  it('is not left out where the envelope codec is taken alone', async () => {
    const made = folder();
    made.write(
      'waxseal.config.json',
      JSON.stringify({ primaryKey: made.keyUri('orders'), compression: 'zlib' }),
    );
    const { refusedAlone } = await loadIn(made.path);
    expect(refusedAlone).toMatch(/^codecs: .* has ZlibCodec.* too, which would be left out/);
    made.write('waxseal.config.json', JSON.stringify({ primaryKey: made.keyUri('orders') }));
    expect(await loadIn(made.path)).not.toHaveProperty('refusedAlone');
  });

  (hasZstd() ? it : it.skip)('takes the format of the variable, with the options of the file', async () => {
    expect(await shown({ format: 'zlib', level: 9, threshold: 7 }, 'zstd')).toMatchObject([
      { encoding: 'binary/zstd', level: 3, threshold: 7 },
      reading('zlib'),
    ]);
  });

  (hasZstd() ? it.skip : it)('says where it is asked for a format that this Node.js has not', async () => {
    await expect(shown('zstd')).rejects.toThrow(/^waxseal\.config\.json: compression: ZstdCodec: .*no zstd/);
    await expect(shown('zlib', 'zstd')).rejects.toThrow(/^WAXSEAL_COMPRESSION: ZstdCodec: .*no zstd/);
  });

  it('is refused beside a codec that compresses', async () => {
    expect(await errorBeside("compression: 'zlib',", {})).toMatch(
      /^waxseal\.config\.cjs: compression: codecs has a ZlibCodec already/,
    );
    expect(await errorBeside('', { WAXSEAL_COMPRESSION: 'zlib' })).toMatch(
      /^WAXSEAL_COMPRESSION: codecs has/,
    );
    expect(await errorBeside('', {})).toBeUndefined();
  });

  it('names what is wrong', async () => {
    await expect(shown('zlib', 'gzip')).rejects.toThrow(
      'WAXSEAL_COMPRESSION must be zlib, zstd, read or none',
    );
    await expect(shown({ format: 'zlib', level: 12 })).rejects.toThrow(
      /^waxseal\.config\.json: compression: ZlibCodec: level must be/,
    );
    for (const compression of ['gzip', true, {}, { format: 'gzip' }, { level: 1 }]) {
      expect(() => checkConfig({ compression }, 'waxseal.config.json')).toThrow(
        'waxseal.config.json: compression must be "zlib", "zstd", "read", or an object with one of them as its format.',
      );
    }
  });
});
