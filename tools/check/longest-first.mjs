// The order in which Jest starts the files of a layer. Its own needs a cache of former runs, which a fresh clone has not: there the
// longest file may come last, and all workers but one stand idle for minutes.
import { statSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { readDurations } from './durations.mjs';
import { root } from './paths.mjs';

export default class LongestFirst {
  #durations = readDurations();

  #seconds = (path) => this.#durations[relative(root, path).replaceAll(sep, '/')] ?? 0;

  /** The longest of those that are known, then the others by size, as Jest does it. */
  sort(tests) {
    return tests
      .map((test) => ({ test, seconds: this.#seconds(test.path), bytes: statSync(test.path).size }))
      .sort((one, other) => other.seconds - one.seconds || other.bytes - one.bytes)
      .map(({ test }) => test);
  }

  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {}
}
