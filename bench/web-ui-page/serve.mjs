/**
 * What the Web UI is shown by in `bench/web-ui-page.mjs` when nothing is decoded: answers that are known beforehand. Reads an
 * object of request body to answer from standard input, prints `{ url }`, and serves until it is ended.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json, text } from 'node:stream/consumers';

const answers = await json(process.stdin);
const server = createServer(async (request, response) => {
  response.setHeader('Access-Control-Allow-Origin', request.headers.origin ?? '*');
  response.setHeader('Access-Control-Allow-Headers', 'Content-Type, X-Namespace');
  response.setHeader('Access-Control-Max-Age', '7200');
  if (request.method === 'OPTIONS') return response.end();
  const answer = answers[await text(request)];
  response.setHeader('Content-Type', 'application/json');
  response.writeHead(answer === undefined ? 404 : 200).end(answer);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` }));
