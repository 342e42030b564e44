import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';
import { ConfigurationError } from '@waxseal/core';

import { connectionSettings, serverNameOf } from '../src/postgres/connection-settings';

const SECRET = 'pa55-word-of-test';
const folder = mkdtempSync(join(tmpdir(), 'waxseal-settings-'));
const file = (name: string): string => {
  const path = join(folder, name);
  writeFileSync(path, `PEM of ${name}`);
  return path;
};
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function settingsOf(
  url: string | undefined,
  environment: Readonly<Record<string, string>> = {},
): ReturnType<typeof connectionSettings> {
  return connectionSettings(url, environment);
}

describe('a connection string', () => {
  it('has user, password, hosts, ports, database and parameters', () => {
    expect(
      settingsOf(
        'postgres://ann:s%40cret%2F@db1:6000,db2:6001/orders?sslmode=disable&target_session_attrs=any',
      ),
    ).toEqual({
      hosts: [
        { host: 'db1', port: 6000 },
        { host: 'db2', port: 6001 },
      ],
      user: 'ann',
      password: 's@cret/',
      database: 'orders',
      ssl: false,
      target: 'any',
    });
  });

  it.each([
    ['postgresql://h', [{ host: 'h', port: 5432 }]],
    ['postgres://', [{ host: 'localhost', port: 5432 }]],
    ['postgres:///db', [{ host: 'localhost', port: 5432 }]],
    ['postgres://[::1]:7000', [{ host: '::1', port: 7000 }]],
    ['postgres://%2Frun%2Fpostgresql/db', [{ host: '/run/postgresql', port: 5432 }]],
    ['postgres:///db?host=/run/postgresql', [{ host: '/run/postgresql', port: 5432 }]],
    [
      'postgres:///db?host=a,b&port=1,2',
      [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
    ],
    [
      'postgres://a,b:7/db',
      [
        { host: 'a', port: 5432 },
        { host: 'b', port: 7 },
      ],
    ],
    [
      'postgres://a,b/db?port=7',
      [
        { host: 'a', port: 7 },
        { host: 'b', port: 7 },
      ],
    ],
  ])('%s has these hosts', (url, hosts) => {
    expect(settingsOf(url).hosts).toEqual(hosts);
  });

  it('takes a plus as it is', () => {
    expect(settingsOf('postgres://h/db?password=a+b%2B').password).toBe('a+b+');
  });

  it('comes before the variables of libpq, which fill what it leaves out', () => {
    const environment = {
      PGHOST: 'other',
      PGPORT: '7000',
      PGUSER: 'ann',
      PGPASSWORD: SECRET,
      PGDATABASE: 'orders',
      PGSSLMODE: 'disable',
      PGTARGETSESSIONATTRS: 'primary',
    };
    expect(settingsOf('postgres://bob@h/db', environment)).toMatchObject({
      hosts: [{ host: 'h', port: 7000 }],
      user: 'bob',
      password: SECRET,
      database: 'db',
      target: 'read-write',
    });
    expect(settingsOf(undefined, environment)).toMatchObject({
      hosts: [{ host: 'other', port: 7000 }],
      user: 'ann',
      database: 'orders',
    });
    expect(settingsOf(undefined, { PGHOST: '' }).hosts).toEqual([{ host: 'localhost', port: 5432 }]);
  });
});

describe('TLS', () => {
  it.each([
    'postgres://localhost/db',
    'postgres://127.0.0.1/db',
    'postgres://[::1]/db',
    'postgres://%2Frun/db',
  ])('is not asked for on this machine: %s', (url) => {
    expect(settingsOf(url).ssl).toBe(false);
  });

  it.each(['postgres://db1/db', 'postgres://localhost,db1/db', 'postgres://10.0.0.1/db'])(
    'verifies certificate and name where nothing is said: %s',
    (url) => {
      expect(settingsOf(url).ssl).toEqual({});
    },
  );

  it('has the modes of libpq', () => {
    const ca = file('ca.pem');
    const anyone = { rejectUnauthorized: false, checkServerIdentity: expect.any(Function) as unknown };
    expect(settingsOf('postgres://db1?sslmode=require').ssl).toEqual(anyone);
    const anyName = { ca: 'PEM of ca.pem', checkServerIdentity: expect.any(Function) as unknown };
    expect(settingsOf(`postgres://db1?sslmode=require&sslrootcert=${ca}`).ssl).toEqual(anyName);
    expect(settingsOf(`postgres://db1?sslmode=verify-ca&sslrootcert=${ca}`).ssl).toEqual(anyName);
    expect(settingsOf(`postgres://db1?sslmode=verify-full&sslrootcert=${ca}`).ssl).toEqual({
      ca: 'PEM of ca.pem',
    });
    expect(settingsOf('postgres://db1?sslrootcert=system').ssl).toEqual({});
    expect(settingsOf('postgres://db1?sslmode=disable').ssl).toBe(false);
    expect(settingsOf(`postgres://localhost?sslmode=verify-full`).ssl).toEqual({});
  });

  it('takes a certificate of the client', () => {
    const [cert, key] = [file('client.pem'), file('client.key')];
    expect(settingsOf(undefined, { PGHOST: 'db1', PGSSLCERT: cert, PGSSLKEY: key }).ssl).toEqual({
      cert: 'PEM of client.pem',
      key: 'PEM of client.key',
    });
  });

  it('asks a server for a name where it has one', () => {
    expect(['db1', '10.0.0.1', '::1', '/run'].map(serverNameOf)).toEqual([
      'db1',
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('what is wrong', () => {
  it.each([
    [`mysql://ann:${SECRET}@h/db`, 'of the form postgres://'],
    [`ann:${SECRET}@h/db`, 'of the form postgres://'],
    // Characters of a password that are not written as %40 and so on.
    [`postgres://ann:${SECRET}@x@h/db`, 'of the form postgres://'],
    [`postgres://ann:${SECRET}/x@h/db`, 'of the form postgres://'],
    [`postgres://ann:1/${SECRET}@h/db`, 'of the form postgres://'],
    [`postgres://ann:1/x?${SECRET}=1@h/db`, 'of the form postgres://'],
    [`postgres://ann:${SECRET}%zz@h/db`, 'followed by no two hexadecimal digits'],
    [`postgres://ann:${SECRET}@h:x/db`, 'has a host that cannot be read'],
    [`postgres://ann:${SECRET}@h:70000/db`, 'port "70000"'],
    [`postgres://ann:${SECRET}@h:0/db`, 'port "0"'],
    [`postgres://ann:${SECRET}@h/db?ssl=true`, 'parameter "ssl"'],
    [`postgres://ann:${SECRET}@h/db?connect_timeout=3`, 'parameter "connect_timeout"'],
    [`postgres://ann:${SECRET}@h/db?sslmode=prefer`, 'sslmode (PGSSLMODE) is "prefer"'],
    [`postgres://ann:${SECRET}@h/db?sslmode=allow`, 'sslmode (PGSSLMODE) is "allow"'],
    [`postgres://ann:${SECRET}@h/db?sslrootcert=/none`, 'sslrootcert: the file "/none"'],
    [`postgres://ann:${SECRET}@h/db?sslcert=/none`, 'sslcert and sslkey go together'],
    [`postgres://ann:${SECRET}@h/db?sslkey=/none`, 'sslcert and sslkey go together'],
    [
      `postgres://ann:${SECRET}@h/db?target_session_attrs=standby`,
      'target_session_attrs (PGTARGETSESSIONATTRS)',
    ],
    [`postgres://ann:${SECRET}@a,b,c/db?port=1,2`, '3 hosts and 2 ports'],
  ])('is named without the password: %s', (url, message) => {
    const act = (): unknown => settingsOf(url);
    expect(act).toThrow(ConfigurationError);
    expect(act).toThrow(message);
    expect(act).not.toThrow(SECRET);
  });

  it('is named in the variables of libpq too', () => {
    expect(() => settingsOf(undefined, { PGSSLMODE: 'prefer' })).toThrow('PGSSLMODE');
    expect(() => settingsOf(undefined, { PGPORT: 'x' })).toThrow('port "x"');
    expect(() => settingsOf(undefined, { PGTARGETSESSIONATTRS: 'read-only' })).toThrow(
      'PGTARGETSESSIONATTRS',
    );
  });
});
