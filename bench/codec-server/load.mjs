import { Agent, request } from 'node:http';
import { readFile } from 'node:fs/promises';

const CONNECTIONS = 8;

// USER_HZ, which Linux fixes at 100 for /proc (proc_pid_stat(5)).
const TICKS_PER_SECOND = 100;

/** @returns seconds of processor time that a process has used */
async function cpuSeconds(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
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
 * Keeps a server busy for a while.
 *
 * @param {{ pid: number, url: string, token?: string, body: string }} server
 * @param {number} milliseconds how long
 * @returns {Promise<number>} requests for each second of the server's processor time
 */
export async function load({ pid, url, token, body }, milliseconds) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const until = performance.now() + milliseconds;
  let requests = 0;
  const before = await cpuSeconds(pid);
  const work = async () => {
    while (performance.now() < until) {
      await post(agent, `${url}/decode`, token, body);
      requests++;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  const used = (await cpuSeconds(pid)) - before;
  agent.destroy();
  return requests / used;
}
