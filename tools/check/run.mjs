// Runs the checks that are named (all but `cluster` without names), and closes with `N passed, N failed, N skipped`:
// a test counts as one, and so does a check that is not made of tests. Everything runs, also after a failure.
// `--record` keeps how long the files of tests took, for the order in which the next runs start them.
import { parseArgs } from 'node:util';
import { recordDurations } from './durations.mjs';
import { jestLayer } from './jest-layer.mjs';
import { bin } from './paths.mjs';
import { runProgram } from './run-program.mjs';

const command =
  (...args) =>
  async (onOutput) => ({ passed: 0, failed: 0, skipped: 0, code: await runProgram(args, onOutput) });

const CHECKS = {
  lockfile: command('tools/lockfile/main.mjs', '--check'),
  types: command(bin('typescript-7/bin/tsc'), '-b'),
  engines: command('tools/engines/dist/src/main.js', 'nats-server', 'postgres'),
  lint: command(bin('eslint/bin/eslint.js'), '.'),
  format: command(bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'),
  unit: jestLayer('unit', 'cores'),
  integration: jestLayer('integration', 'engines'),
  e2e: jestLayer('e2e', 'engines'),
  cluster: jestLayer('cluster', 'control-planes'),
};

/** Each of these keeps about one core busy and needs nothing of the others: they run at once, and each is shown when it has ended. */
const AT_ONCE = new Set(['lint', 'format', 'unit']);

const { values, positionals: names } = parseArgs({ allowPositionals: true, options: { record: { type: 'boolean' } } });
const unknown = names.filter((name) => CHECKS[name] === undefined);
if (unknown.length > 0) {
  console.error(`no such check: ${unknown.join(', ')}; there are ${Object.keys(CHECKS).join(', ')}`);
  process.exit(2);
}
const wanted = Object.keys(CHECKS).filter((name) => (names.length > 0 ? names.includes(name) : name !== 'cluster'));
const together = wanted.filter((name) => AT_ONCE.has(name));

const heading = (name) => console.log(`\n── ${name}`);
const total = { passed: 0, failed: 0, skipped: 0 };
const rows = new Map();
const files = [];

async function check(name, isAlone) {
  const written = [];
  if (isAlone) heading(name);
  const startedAt = performance.now();
  const result = await CHECKS[name](isAlone ? undefined : (piece) => written.push(piece));
  if (!isAlone) {
    heading(name);
    process.stdout.write(Buffer.concat(written));
  }
  const { passed, failed, skipped, code, files: own } = result;
  const isGood = failed === 0 && code === 0;
  total.passed += passed + (own === undefined && isGood ? 1 : 0);
  total.failed += failed + (code === 0 ? 0 : 1);
  total.skipped += skipped;
  files.push(...(own ?? []));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  const counts = own === undefined ? '' : `   ${passed} passed, ${failed} failed, ${skipped} skipped`;
  rows.set(name, `${isGood ? '✓' : '✗'} ${name.padEnd(12)} ${seconds.padStart(4)} s${counts}`);
}

for (const name of wanted) {
  if (rows.has(name)) continue;
  const batch = AT_ONCE.has(name) ? together : [name];
  await Promise.all(batch.map((one) => check(one, batch.length === 1)));
}

if (values.record === true) recordDurations(files);
console.log(`\n${wanted.map((name) => rows.get(name)).join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exit(total.failed > 0 ? 1 : 0);
