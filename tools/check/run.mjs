// Runs the checks that are named (all but `cluster` without names), and closes with `N passed, N failed, N skipped`:
// a test counts as one, and so does a check that is not made of tests. Everything runs, also after a failure.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const node = process.execPath;
const bin = (path) => join(root, 'node_modules', path);
const env = {
  ...process.env,
  PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
  NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
  NODE_NO_WARNINGS: '1',
};

function run(args) {
  return new Promise((resolve) => {
    const child = spawn(node, args, { cwd: root, env, stdio: 'inherit' });
    child.on('error', () => resolve(1));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

const command =
  (...args) =>
  async () => ({ passed: 0, failed: 0, skipped: 0, code: await run(args) });

/** One layer of tests; a suite that cannot even be loaded counts as one failure. */
const jest = (project) => async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-check-'));
  const outputFile = join(folder, 'results.json');
  try {
    const code = await run([
      bin('jest/bin/jest.js'),
      '--selectProjects',
      project,
      '--maxWorkers=2',
      '--passWithNoTests',
      '--json',
      '--outputFile',
      outputFile,
    ]);
    const results = JSON.parse(readFileSync(outputFile, 'utf8'));
    const {
      numPassedTests: passed,
      numFailedTests: failed,
      numPendingTests: skipped,
      numRuntimeErrorTestSuites: broken,
    } = results;
    return { passed, failed: failed + broken, skipped, code: failed + broken > 0 ? 0 : code, isTests: true };
  } catch (error) {
    console.error(error);
    return { passed: 0, failed: 1, skipped: 0, code: 0, isTests: true };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const CHECKS = {
  format: command(bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'),
  lockfile: command('tools/lockfile/main.mjs', '--check'),
  types: command(bin('typescript-7/bin/tsc'), '-b'),
  lint: command(bin('eslint/bin/eslint.js'), '.'),
  engines: command('tools/engines/dist/src/main.js', 'nats-server', 'postgres'),
  unit: jest('unit'),
  integration: jest('integration'),
  e2e: jest('e2e'),
  cluster: jest('cluster'),
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => CHECKS[name] === undefined);
if (unknown.length > 0) {
  console.error(`no such check: ${unknown.join(', ')}; there are ${Object.keys(CHECKS).join(', ')}`);
  process.exit(2);
}

const total = { passed: 0, failed: 0, skipped: 0 };
const rows = [];
for (const name of names.length > 0 ? names : Object.keys(CHECKS).filter((check) => check !== 'cluster')) {
  console.log(`\n── ${name}`);
  const startedAt = performance.now();
  const { passed, failed, skipped, code, isTests = false } = await CHECKS[name]();
  total.passed += passed + (!isTests && code === 0 ? 1 : 0);
  total.failed += failed + (code === 0 ? 0 : 1);
  total.skipped += skipped;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  rows.push(
    `${failed > 0 || code !== 0 ? '✗' : '✓'} ${name.padEnd(12)} ${seconds.padStart(4)} s${isTests ? `   ${passed} passed, ${failed} failed, ${skipped} skipped` : ''}`,
  );
}
console.log(`\n${rows.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exit(total.failed > 0 ? 1 : 0);
