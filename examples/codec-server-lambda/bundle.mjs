// Makes the folder that is deployed: one file of code, and the configuration beside it.
// node examples/codec-server-lambda/bundle.mjs [folder]
import { copyFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, 'dist/lambda'));

await build({
  entryPoints: [join(import.meta.dirname, 'src/handler.ts')],
  outfile: join(folder, 'handler.js'),
  bundle: true,
  platform: 'node',
  target: 'node22',
  sourcemap: 'linked',
  logLevel: 'warning',
  // Providers that are not used: they would be imported only for a key of theirs.
  external: [
    '@waxseal/gcp-kms',
    '@waxseal/azure-key-vault',
    '@waxseal/vault-transit',
    '@google-cloud/kms',
    '@azure/*',
    'jiti',
  ],
});
copyFileSync(join(import.meta.dirname, 'waxseal.config.json'), join(folder, 'waxseal.config.json'));
