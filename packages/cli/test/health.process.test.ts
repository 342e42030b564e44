import { writeFile } from 'node:fs/promises';
import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestAuthority } from '@waxseal/bring-up';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { aFailure } from './support/a-failure';
import { waxseal } from './support/waxseal';

const PATHS: Readonly<Record<string, number>> = { '/readyz': 200, '/draining': 503, '/empty': 204 };
const answer: RequestListener = ({ url = '' }, response) => {
  if (url === '/silent') return;
  if (url === '/moved') response.writeHead(302, { location: '/readyz' }).end();
  else response.writeHead(PATHS[url] ?? 404).end('ok\n');
};

const NAMED = ['--server-name', 'codec.example.com'];
const OTHER = ['--server-name', 'other.example.com'];
const servers: Server[] = [];
const directory = temporaryDirectory();
let ca: string;
let http: string;
let https: string;

async function serve(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

beforeAll(async () => {
  const authority = await createTestAuthority('health');
  const { certPem, keyPem } = await authority.issue({
    commonName: 'codec',
    dnsNames: ['codec.example.com'],
    usage: 'server',
  });
  ca = join(directory, 'ca.crt');
  await writeFile(ca, authority.certPem);
  http = `http://${await serve(createHttp(answer))}`;
  https = `https://${await serve(createHttps({ cert: certPem, key: keyPem }, answer))}`;
});

afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

describe('waxseal health', () => {
  it('exits with 0 when the answer is 200, over HTTP and HTTPS', async () => {
    const url = `${http}/readyz`;
    const secure = `${https}/readyz`;
    expect(await waxseal(['health', '--url', url])).toEqual({
      exitCode: 0,
      stdout: `${url} answers 200.\n`,
      stderr: '',
    });
    const named = ['health', '--ca', ca, ...NAMED];
    await expect(waxseal([...named, '--url', secure])).resolves.toMatchObject({ exitCode: 0, stderr: '' });
    const environment = {
      WAXSEAL_HEALTH_URL: secure,
      WAXSEAL_HEALTH_CA: ca,
      WAXSEAL_HEALTH_SERVER_NAME: 'codec.example.com',
    };
    await expect(waxseal(['health'], '', environment)).resolves.toMatchObject({ exitCode: 0, stderr: '' });
  });

  it.each([
    ['a server that drains', () => ['--url', `${http}/draining`], 'answers 503, not 200'],
    ['another success', () => ['--url', `${http}/empty`], 'answers 204, not 200'],
    ['a redirect', () => ['--url', `${http}/moved`], 'answers 302, not 200'],
    ['no answer', () => ['--url', `${http}/silent`, '--timeout', '1'], 'does not answer within 1000 ms'],
    ['no server', () => ['--url', 'http://127.0.0.1:1/readyz'], 'cannot be asked: ECONNREFUSED'],
    ['an authority that is not trusted', () => [...NAMED, '--url', `${https}/readyz`], 'UNABLE_TO_'],
    [
      'a name that it is not for',
      () => [...OTHER, '--url', `${https}/readyz`, '--ca', ca],
      'ALTNAME_INVALID',
    ],
    [
      'the name of the address',
      () => ['--url', `${https}/readyz`, '--ca', ca],
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    [
      'a missing file',
      () => ['--ca', '/nonexistent/ca.crt'],
      '--ca: "/nonexistent/ca.crt" cannot be read (ENOENT)',
    ],
  ])('exits with 1 and one line on %s', async (_name, args, message) => {
    const { exitCode, stdout, stderr } = await waxseal(['health', ...args()]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(
      aFailure(message.startsWith('--ca') ? 'WAXSEAL_CONFIGURATION' : 'WAXSEAL_UNHEALTHY'),
    );
    expect(stderr).toContain(message);
  });

  it.each([
    ['--url', 'readyz'],
    ['--url', 'http://user:secret@127.0.0.1/'],
    ['--timeout', '0'],
    ['--timeout', '61'],
  ])('exits with 2 on %s %s', async (option, value) => {
    const { exitCode, stdout } = await waxseal(['health', option, value]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });
});
