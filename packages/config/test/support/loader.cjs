// Loads configurations, one after the other, as a program in their folder would: a message names the folder and
// variables, and the answer is what it got; 'end' says that there is no more. Jest itself cannot import modules
// dynamically.
const { createRequire } = require('node:module');
const { join } = require('node:path');

let given = [];

process.on('message', async (message) => {
  if (message === 'end') {
    process.disconnect();
    return;
  }
  const { directory, environment } = message;
  process.chdir(directory);
  for (const name of given) delete process.env[name];
  given = Object.keys(environment);
  Object.assign(process.env, environment);
  const fromThere = createRequire(join(directory, 'program.cjs'));
  process.send(await load(fromThere('@waxseal/config'), fromThere('@waxseal/core/internal')));
});

async function load({ loadConfig }, { assertCodecChain }) {
  try {
    const { source, warnings, keyring, codec, codecs, server, store } = await loadConfig();
    return {
      source,
      warnings,
      keys:
        typeof keyring === 'function'
          ? 'function'
          : keyring.entries().map(({ key, role }) => `${role} ${key.id}`),
      codec,
      codecs: codecs.map((one) => (one === codec ? 'the envelope codec' : one.constructor.name)),
      compression: codecs
        .filter((one) => /^Z(lib|std)Codec$/.test(one.constructor.name))
        .map((one) => one.toJSON()),
      ...refusalOf(() => assertCodecChain([codec], 'codecs')),
      server,
      store: store?.toJSON(),
    };
  } catch ({ code, message }) {
    return { code, error: message };
  }
}

function refusalOf(check) {
  try {
    check();
    return {};
  } catch ({ message }) {
    return { refusedAlone: message };
  }
}
