const { default: Sequencer } = require('@jest/test-sequencer');

/** What takes longest of the tests that wait: they start programs, and neither their size nor, in a fresh clone, the past tells. */
const FIRST = ['attacks.server.test.ts', 'faults.server.test.ts', 'packages.pack.test.ts'];

/**
 * Spreads the tests that mostly wait, for servers, browsers and installations, evenly among those that mostly compute, so that
 * the processors have something to do from the first minute to the last. Of each kind, the longest begin, so that no long one is
 * left over for the end.
 */
module.exports = class TestOrder extends Sequencer {
  sort(tests) {
    const longestFirst = super.sort(tests);
    const computing = longestFirst.filter((test) => computes(test));
    const rank = (test) => (FIRST.some((name) => test.path.endsWith(name)) ? 0 : 1);
    const waiting = longestFirst.filter((test) => !computes(test)).sort((a, b) => rank(a) - rank(b));
    const ordered = [];
    for (const [index, test] of waiting.entries()) {
      const before = Math.floor((computing.length * index) / waiting.length);
      const after = Math.floor((computing.length * (index + 1)) / waiting.length);
      ordered.push(test, ...computing.slice(before, after));
    }
    return waiting.length === 0 ? computing : ordered;
  }
};

function computes({ context }) {
  return ['pure', 'process'].includes(context.config.displayName?.name);
}
