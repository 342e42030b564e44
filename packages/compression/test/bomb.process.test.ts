import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { CODECS } from './support/formats';

const MIB = 2 ** 20;

/**
 * Decodes a payload of 1 GiB of zeros, a good megabyte or less of data, in a process of its own; then one in
 * a valid envelope's place again and again, as an attacker would.
 */
const PROGRAM = (name: string): string => `
  const { createDeflate, createZstdCompress } = require('node:zlib');
  const { ZlibCodec, ZstdCodec } = require(${JSON.stringify(join(__dirname, '..'))});
  const codec = ${name === 'zlib' ? 'new ZlibCodec()' : 'new ZstdCodec()'};
  const stream = ${name === 'zlib' ? 'createDeflate({ level: 9 })' : 'createZstdCompress()'};
  const pieces = [];
  stream.on('data', (piece) => pieces.push(piece));
  const zeros = Buffer.alloc(${String(MIB)});
  let left = 1024;
  const write = () => {
    while (left > 0) { left -= 1; if (!stream.write(zeros)) return stream.once('drain', write); }
    stream.end();
  };
  write();
  stream.on('end', async () => {
    const data = Buffer.concat(pieces);
    const bomb = { metadata: { encoding: Buffer.from('binary/${name}') }, data };
    const before = process.memoryUsage.rss();
    const cpu = process.cpuUsage();
    let most = before;
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const reasons = [];
    for (let time = 0; time < 3; time++) await codec.decode([bomb]).catch((error) => reasons.push(error.reason));
    most = Math.max(most, process.memoryUsage.rss());
    clearInterval(timer);
    const { user, system } = process.cpuUsage(cpu);
    console.log(JSON.stringify({ bytes: data.length, reasons, growth: most - before, cpuMs: (user + system) / 1000, longest }));
  });`;

describe('a bomb of 1 GiB', () => {
  it.each(CODECS)('costs no more than the limit, in %s', async (name) => {
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', PROGRAM(name)]);
    const told = JSON.parse(stdout) as {
      readonly bytes: number;
      readonly reasons: readonly string[];
      readonly growth: number;
      readonly cpuMs: number;
      readonly longest: number;
    };
    expect(told.bytes).toBeLessThan(2 * MIB);
    expect(told.reasons).toEqual(['too-large', 'too-large', 'too-large']);
    // Three times the limit of 32 MiB, some of it not collected yet; without a limit it would be thousands.
    expect(told.growth).toBeLessThan(160 * MIB);
    expect(told.cpuMs).toBeLessThan(5_000);
  });
});
