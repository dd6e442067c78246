import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { bin, root } from './paths.mjs';
import { runProgram } from './run-program.mjs';

const CORES = availableParallelism();

/**
 * How many files run at once, by what bounds their tests. Those with engines or the whole system wait for them half of the time. More would
 * want more memory, since each brings engines of its own, and would leave nothing to spare, while starts and answers have their limits.
 */
const WORKERS = {
  cores: Math.max(2, CORES),
  engines: Math.max(2, Math.min(CORES + 1, 8)),
  'control-planes': 2,
};

/** One layer of tests; a suite that cannot even be loaded counts as one failure. */
export const jestLayer = (project, bound) => async (onOutput) => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-check-'));
  const outputFile = join(folder, 'results.json');
  try {
    const code = await runProgram(
      [
        ...[bin('jest/bin/jest.js'), '--selectProjects', project, `--maxWorkers=${WORKERS[bound]}`],
        ...['--testSequencer', join(import.meta.dirname, 'longest-first.mjs')],
        ...['--passWithNoTests', '--json', '--outputFile', outputFile],
      ],
      onOutput,
    );
    const results = JSON.parse(readFileSync(outputFile, 'utf8'));
    const {
      numPassedTests: passed,
      numFailedTests: failed,
      numPendingTests: skipped,
      numRuntimeErrorTestSuites: broken,
    } = results;
    const files = results.testResults
      .filter(({ status }) => status === 'passed')
      .map(({ name, startTime, endTime }) => ({
        file: relative(root, name).replaceAll(sep, '/'),
        seconds: (endTime - startTime) / 1_000,
      }));
    return { passed, failed: failed + broken, skipped, code: failed + broken > 0 ? 0 : code, files };
  } catch (error) {
    console.error(error);
    return { passed: 0, failed: 1, skipped: 0, code: 0, files: [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
