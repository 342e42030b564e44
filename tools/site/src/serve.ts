import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { serve, type ServerType } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { BASE, HTML } from './settings';

/**
 * Shows the site on a port of this machine, as a host of static files does: `/errors` is
 * `errors.html`.
 */
export async function serveSite(port = 0): Promise<{ url: string; close: () => Promise<void> }> {
  const app = new Hono();
  const root = relative(process.cwd(), HTML);
  const inSite = (path: string) => `/${path.slice(BASE.length)}`;
  app.get('/', (context) => context.redirect(BASE));
  app.get(`${BASE}*`, serveStatic({ root, rewriteRequestPath: (path) => withHtml(inSite(path)) }));
  app.notFound((context) => context.text('There is no such page.', 404));

  const server = await new Promise<ServerType>((resolve, reject) => {
    const starting = serve({ fetch: app.fetch, hostname: '127.0.0.1', port }, () => {
      resolve(starting);
    }).once('error', reject);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(taken)}${BASE}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

function withHtml(path: string): string {
  if (path.endsWith('/')) return `${path}index.html`;
  return existsSync(join(HTML, `${path}.html`)) ? `${path}.html` : path;
}
