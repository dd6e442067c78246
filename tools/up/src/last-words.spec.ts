import { lastWordsOf } from './last-words.ts';

describe('why a process ended, from its last lines', () => {
  it.each([
    [
      'a service',
      ['{"level":"info","msg":"a"}', '{"level":"fatal","msg":"cannot start: b"}', '{"level":"info","msg":"c"}'],
      'cannot start: b',
    ],
    [
      'PostgreSQL',
      ['LOG:  starting', 'FATAL:  could not open file', 'LOG:  database system is shut down'],
      'FATAL:  could not open file',
    ],
    ['nats-server', ['[1] [INF] Starting', '[1] [FTL] no space left', ''], '[1] [FTL] no space left'],
    ['Node', ['node:internal/modules', 'Error: Cannot find module x', '    at y'], 'Error: Cannot find module x'],
    ['something else', ['one', 'two', ''], 'two'],
    ['one that said nothing', [], ''],
    ['one with broken JSON', ['{"level":'], '{"level":'],
  ])('of %s', (_what, lines, words) => {
    expect(lastWordsOf(lines)).toBe(words);
  });
});
