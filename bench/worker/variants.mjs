/**
 * The same Worker and client four times: without a codec; with Waxseal's plugin; with that and requests that are compressed all the same
 * (which the SDK does from 1.24 on, and of ciphertext makes nothing less); and with the codec of Temporal's sample.
 */
import { randomBytes } from 'node:crypto';
import { Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';
import { sampleCodec } from '../codec/peers.mjs';

export const VARIANTS = ['none', 'waxseal', 'waxseal, gzip', 'sample'];

/** A key for all processes of a run: `WAXSEAL_BENCH_KEY`, which `newKey` made. */
export const newKey = () => randomBytes(32).toString('base64');

/**
 * @param {string} name one of `VARIANTS`
 * @returns {Promise<object>} options for clients, Workers and bundles
 */
export async function optionsOf(name) {
  const key = Buffer.from(process.env.WAXSEAL_BENCH_KEY, 'base64');
  if (name === 'sample') return { dataConverter: { payloadCodecs: [await sampleCodec(key)] } };
  if (name.startsWith('waxseal')) {
    const keyring = new Keyring({ primary: new LocalKey({ id: 'bench/v1', key }) });
    return { plugins: [new EnvelopePlugin({ keyring })] };
  }
  return {};
}

/** @returns {object} options for the Worker's connection, beside the plugins */
export function connectionOf(name) {
  return name === 'waxseal, gzip' ? { grpcCompression: { codec: 'gzip' } } : {};
}
