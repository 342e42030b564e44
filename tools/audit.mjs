// Asks the registry for known weaknesses of what applications install with Waxseal, and fails for those that are high or
// critical. Where the registry cannot be asked, or knows no such question, it says why, and does not fail: the answer
// depends on the day, and not on the code.
import { spawnSync } from 'node:child_process';

const TIMEOUT_MS = 30_000;
const SEVERE = ['high', 'critical'];
/** Advisories that were looked at and do not concern Waxseal, with the reason. */
const KNOWN = {};

const { stdout, error, signal } = spawnSync(
  'npm',
  ['audit', '--omit=dev', '--json', '--fetch-retries=0', `--fetch-timeout=${TIMEOUT_MS - 5_000}`],
  { encoding: 'utf8', maxBuffer: 1e8, timeout: TIMEOUT_MS },
);
const report = parsed(stdout);
if (report?.vulnerabilities === undefined) {
  const reason =
    error?.message ??
    (signal ? `ended by ${signal}` : (report?.message ?? report?.error?.summary ?? 'no answer'));
  console.log(`Known weaknesses were not asked for: ${String(reason).split('\n')[0]}`);
} else {
  const advisories = Object.values(report.vulnerabilities)
    .flatMap(({ via }) => via.filter((each) => typeof each === 'object'))
    .filter(({ severity, url }) => SEVERE.includes(severity) && !(url in KNOWN));
  for (const { name, severity, title, url } of advisories)
    console.error(`${severity}: ${name}: ${title} ${url}`);
  if (advisories.length === 0)
    console.log('The registry knows no severe weakness of what applications install.');
  process.exitCode = advisories.length > 0 ? 1 : 0;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
