import { Agent, request } from 'node:http';
import { readdir, readFile } from 'node:fs/promises';

const CONNECTIONS = 8;

/** @returns microseconds of processor time that the threads of a process have used (Documentation/scheduler/sched-stats) */
async function processorTime(pid) {
  const threads = await readdir(`/proc/${pid}/task`);
  const times = threads.map(async (thread) => {
    const stat = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8');
    return Number(stat.split(' ', 1)[0]) / 1_000;
  });
  return (await Promise.all(times)).reduce((sum, time) => sum + time, 0);
}

export function post(agent, url, token, body) {
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
 * Has a server decode so many requests, some at once.
 *
 * @param {{ pid: number, url: string, token?: string, body: string, agent: Agent }} server
 * @returns {Promise<number>} microseconds of the server's processor time for a request
 */
export async function load({ pid, url, token, body, agent }, requests) {
  let left = requests;
  const work = async () => {
    while (left-- > 0) await post(agent, `${url}/decode`, token, body);
  };
  const before = await processorTime(pid);
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return ((await processorTime(pid)) - before) / requests;
}

/** Connections that are kept, for one server. */
export function connections() {
  return new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
}
