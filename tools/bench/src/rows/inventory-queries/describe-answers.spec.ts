import { describeAnswers } from './describe-answers.ts';

describe('the table of answers', () => {
  it('says what missed the goal, and by how many', () => {
    const answers = (what: string, ...latenciesMs: readonly number[]) => ({ what, latenciesMs, cpuMs: [1] });
    const lines = describeAnswers(
      {
        nothing: answers('nothing', 0.5),
        answers: [answers('quick', 1, 2, 3), answers('slow', 1, 2, 50)],
        plain: new Map([['quick', 1234.5]]),
      },
      { objects: 1_000_000, filledMs: 61_000 },
    );
    expect(lines[0]).toBe(
      'inventory-queries: 1,000,000 objects, filled in 61 s; goal p99 < 50 ms: MISSED by 1 of 2, on a machine that needs 0.5 ms for nothing',
    );
    expect(lines[3]).toMatch(/^ {2}quick +2\.0 ms +3\.0 ms +1\.0 ms +1\.0 ms +1,235 ms$/);
    expect(lines[4]).toMatch(/^ {2}slow .*MISSED$/);
  });
});
