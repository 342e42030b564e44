import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const README = readFileSync(join(__dirname, '../../README.md'), 'utf8');
const [worker, decodeOnly, doctor] = [...README.matchAll(/```hcl\n(.*?)```/gs)].map(([, policy]) =>
  String(policy),
);

function forKey(policy: string | undefined, key: string): string {
  if (policy?.includes('/orders"') !== true)
    throw new Error('The README has no policy for the key "orders".');
  return policy.replaceAll('/orders"', `/${key}"`);
}

/** The README's policy for a worker, for a key at `transit`. */
export const workerPolicy = (key: string): string => forKey(worker, key);

/** The README's policy for a Codec Server that only decodes. */
export const decodeOnlyPolicy = (key: string): string => forKey(decodeOnly, key);

/** More than a worker needs: Transit would create the key on the first encryption. */
export const creatingPolicy = (key: string): string =>
  workerPolicy(key).replace('["update"]', '["create", "update"]');

/** The README's policy for `waxseal doctor`. */
export const doctorPolicy = (key: string): string => forKey(doctor, key);
