import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { findPostgres } from '../src/postgres/find-postgres';

let directory: string;
let debian: string;
beforeEach(() => {
  directory = temporaryDirectory();
  // Root has another user run the programs.
  chmodSync(directory, 0o755);
  debian = join(directory, 'debian');
});

/** Writes programs that say they are of a version. */
function write(
  bin: string,
  version: string,
  programs = ['initdb', 'pg_ctl', 'pg_basebackup', 'pg_dump'],
): string {
  mkdirSync(bin, { recursive: true });
  for (const name of ['postgres', 'pg_config', ...programs]) {
    const said = name === 'pg_config' ? "'--with-ssl=openssl'" : `${name} (PostgreSQL) ${version}`;
    writeFileSync(join(bin, name), `#!/bin/sh\necho "${said}"\n`, { mode: 0o755 });
  }
  return bin;
}

it("takes POSTGRES_BIN first, then PATH, then the newest of Debian's, then the copy in the cache", async () => {
  const onPath = join(directory, 'bin');
  const environment = { PATH: onPath, WAXSEAL_CACHE: directory };
  const site = join(directory, 'embedded-postgres-18.6.3/lib/python3.11/site-packages/embedded_postgres');
  const cached = write(join(site, 'pginstall/bin'), '18.6');
  expect(await findPostgres(environment, debian)).toEqual({
    directory: cached,
    version: '18.6',
    hasTls: true,
  });
  write(join(debian, '9', 'bin'), '9.6');
  const newest = write(join(debian, '16', 'bin'), '16.3');
  expect(await findPostgres(environment, debian)).toMatchObject({ directory: newest, version: '16.3' });
  const linked = write(join(directory, 'linked'), '15.1');
  mkdirSync(onPath);
  symlinkSync(join(linked, 'postgres'), join(onPath, 'postgres'));
  expect(await findPostgres(environment, debian)).toMatchObject({ directory: linked });
  const named = write(join(directory, 'named'), '14.2');
  expect(await findPostgres({ ...environment, POSTGRES_BIN: named }, debian)).toMatchObject({
    directory: named,
  });
});

it('says in one message what failed, why, and what to install', async () => {
  const old = write(join(directory, 'old'), '12.1');
  write(join(debian, '15', 'bin'), '15.1', ['initdb']);
  const environment = { PATH: '', POSTGRES_BIN: old, WAXSEAL_CACHE: directory };
  await expect(findPostgres(environment, debian)).rejects.toThrow(
    [
      'No PostgreSQL could be found or installed.',
      '  - POSTGRES_BIN: it is version 12.1; 13 or later is needed',
      '  - `postgres` on PATH: there is none',
      `  - Debian's ${debian}: there is no program pg_ctl in ${join(debian, '15', 'bin')}`,
      `  - a copy in ${directory}: `,
    ].join('\n'),
  );
  await expect(findPostgres(environment, debian)).rejects.toThrow(
    /embedded-postgres 18\.6\.3 from PyPI: there is no python3 on PATH\nInstall PostgreSQL .* set POSTGRES_BIN/,
  );
});
