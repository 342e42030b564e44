/** Where the processor's time goes in this process: by whose code is on the stack, from a profile of V8. */
import { Session } from 'node:inspector/promises';
import { setTimeout } from 'node:timers/promises';

/** The first that fits a frame's address names it; the innermost frame that has a name decides. */
const OWNERS = [
  ['Waxseal', /packages\/[a-z-]+\/dist\//],
  ["the SDK's walk over payloads", /common\/lib\/internal-non-workflow\/|payload-visitor|codec-helpers/],
  ['protobufjs', /node_modules\/(protobufjs|@protobufjs)\/|@temporalio\/proto\//],
  ['the SDK', /node_modules\/@temporalio\//],
  ["the bench's own", /bench\//],
];

/**
 * @param {number} milliseconds how long it looks
 * @returns {Promise<{ owners: Record<string, number>, functions: [string, number][] }>} shares of the time that JavaScript ran on
 *   the main thread, and the functions that took most, with what they call in Node.js itself
 */
export async function profile(milliseconds) {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
  await setTimeout(milliseconds);
  const { profile: found } = await session.post('Profiler.stop');
  session.disconnect();
  return sharesOf(found);
}

function sharesOf({ nodes, samples, timeDeltas }) {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const owners = {};
  const functions = {};
  let all = 0;
  samples.forEach((id, index) => {
    const { callFrame } = byId.get(id);
    if (['(idle)', '(root)'].includes(callFrame.functionName)) return;
    const time = timeDeltas[index];
    all += time;
    const { owner, name } = ownerOf(id, byId, parents, callFrame);
    owners[owner] = (owners[owner] ?? 0) + time;
    functions[name] = (functions[name] ?? 0) + time;
  });
  const share = ([name, time]) => [name, time / all];
  const sorted = (times) => Object.entries(times).sort(([, a], [, b]) => b - a);
  return {
    owners: Object.fromEntries(sorted(owners).map(share)),
    functions: sorted(functions).slice(0, 25).map(share),
  };
}

function ownerOf(id, byId, parents, inner) {
  if (inner.functionName === '(garbage collector)')
    return { owner: 'garbage collection', name: 'garbage collection' };
  if (inner.functionName === '(program)') return { owner: 'native code', name: 'native code' };
  for (let at = id; at !== undefined; at = parents.get(at)) {
    const { url, functionName, lineNumber } = byId.get(at).callFrame;
    const owner = OWNERS.find(([, pattern]) => pattern.test(url))?.[0];
    if (owner !== undefined) {
      return {
        owner,
        name: `${functionName || '(anonymous)'} ${url.split('/').slice(-2).join('/')}:${lineNumber + 1}`,
      };
    }
  }
  return { owner: 'Node.js', name: `Node.js ${inner.functionName}` };
}
