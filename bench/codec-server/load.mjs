/** Asks servers in turn, and tells what each request costs them. */
import { Agent, request } from 'node:http';
import { undisturbed } from '../codec/measure.mjs';

const WARM_UP = 10;

function post(agent, url, { token, body }) {
  return new Promise((resolve, reject) => {
    const headers = {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
      'X-Namespace': 'bench',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

/**
 * Asks servers in turn, round by round, and ends them.
 *
 * @param servers by kind, as `startServer` gives them
 * @param {{ rounds: number, requests: number, connections: number }} how many; `requests` in a round
 * @param askFor gives `{ path, body, token }` of what a server is asked
 * @param processorTime gives microseconds that the process of a server has worked
 * @returns by kind, microseconds of it for a request, of the rounds that were least disturbed
 */
export async function compare(servers, { rounds, requests, connections }, askFor, processorTime) {
  const agents = {};
  const times = {};
  for (const kind of Object.keys(servers)) {
    agents[kind] = new Agent({ keepAlive: true, maxSockets: connections });
    times[kind] = [];
  }
  const round = async (kind) => {
    const server = servers[kind];
    const asked = askFor(server);
    let left = requests;
    const work = async () => {
      while (left-- > 0) await post(agents[kind], `${server.url}${asked.path}`, asked);
    };
    const before = await processorTime(server);
    await Promise.all(Array.from({ length: connections }, work));
    return ((await processorTime(server)) - before) / requests;
  };
  try {
    for (let index = -WARM_UP; index < rounds; index++) {
      for (const kind of Object.keys(servers)) {
        const microseconds = await round(kind);
        if (index >= 0) times[kind].push(microseconds);
      }
    }
  } finally {
    for (const agent of Object.values(agents)) agent.destroy();
    for (const { child } of Object.values(servers)) child.kill();
  }
  return Object.fromEntries(Object.entries(times).map(([kind, each]) => [kind, undisturbed(each)]));
}
