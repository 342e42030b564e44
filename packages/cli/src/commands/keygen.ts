import { Option } from 'commander';
import type { Output } from '../output';
import { CliCommand } from './cli-command';

interface KeygenOptions {
  readonly id?: string;
  readonly rotate?: true;
  readonly addVersion?: true;
  readonly promote?: true;
  readonly json?: true;
}

/** `waxseal keygen`: writes a local key-ring file, or rotates a key in one. */
export function keygenCommand({ line }: Output): CliCommand {
  return new CliCommand('keygen')
    .summary('make or rotate a local key')
    .description(
      'Writes a key-ring file with one AES-256 key, readable by its owner only. Whoever can read the file can read every payload: local keys are for development, tests and sites without a key service.',
    )
    .argument('<file>', 'the key-ring file')
    .option('--id <name>', 'name of the key (default: a new random name, or the primary key of the file)')
    .addOption(
      new Option('--rotate', 'add a version to the key and encrypt under it from now on').conflicts([
        'addVersion',
        'promote',
      ]),
    )
    .addOption(
      new Option(
        '--add-version',
        'add a version that only decrypts for now; distribute the file, then --promote it',
      ).conflicts('promote'),
    )
    .addOption(new Option('--promote', 'encrypt under the newest version from now on'))
    .option('--json', 'print JSON, without the key')
    .withManual({
      notes: 'Processes read the file when they start: restart them after a rotation.',
      examples: ['waxseal keygen keyring.json --id orders', 'waxseal keygen keyring.json --rotate'],
      exits: { done: 'the file is written', failed: 'it exists already, or cannot be written' },
      page: 'key-rotation#a-new-version-of-the-same-key',
    })
    .action(async (file: string, { id, rotate, addVersion, promote, json }: KeygenOptions) => {
      const { localKeyUri } = await import('@waxseal/config');
      const { createLocalKeyringFile, rotateLocalKey } = await import('@waxseal/local-key');
      if (rotate ?? addVersion ?? promote) {
        const step = rotate ? 'add-and-promote' : addVersion ? 'add' : 'promote';
        const keyId = rotateLocalKey(file, { id, step });
        if (json === true) {
          line(JSON.stringify({ file, keyId, encrypts: step !== 'add' }));
          return;
        }
        line(
          step === 'add'
            ? `Added ${keyId} to ${file}. It only decrypts until "waxseal keygen ${file} --promote".`
            : `${file} now encrypts under ${keyId}. Earlier versions still decrypt.`,
        );
        return;
      }
      const name = createLocalKeyringFile(file, { id });
      const uri = localKeyUri(file, name);
      if (json === true) {
        line(JSON.stringify({ file, keyId: name, encrypts: true, uri }));
        return;
      }
      line(
        `Wrote ${file} with the key ${name}. Keep it secret, and keep a copy: without it nothing can be decrypted.`,
      );
      line(`WAXSEAL_PRIMARY_KEY=${uri}`);
    });
}
