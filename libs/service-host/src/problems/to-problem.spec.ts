import { describe, expect, it } from '@jest/globals';
import { Failure, type FailureCode } from '@mooring/kernel';
import { BadRequestException } from '@nestjs/common';
import { problemBody } from './problem-body.ts';
import { Problem } from './problem.ts';
import { toProblem } from './to-problem.ts';

const INTERNAL = 'postgres at 10.0.0.7 password=hunter2';

describe('toProblem', () => {
  it('names the parameter of a failure invalid, under the same code as what the schemas refuse', () => {
    const details = { parameter: 'cursor', kind: 'x' };
    expect(toProblem(new Failure('invalid', 'no cursor of ours', { details }))).toMatchObject({
      status: 400,
      code: 'invalid-request',
      options: { detail: 'no cursor of ours', errors: [{ parameter: 'cursor', detail: 'no cursor of ours' }] },
    });
    expect(toProblem(new Failure('invalid', 'x')).options).toEqual({ detail: 'x' });
  });

  it.each<readonly [FailureCode, number, boolean]>([
    ['denied', 503, true],
    ['not-found', 404, false],
    ['conflict', 409, false],
    ['limit', 413, false],
    ['unavailable', 503, true],
    ['timeout', 503, true],
    ['outcome-unknown', 503, true],
    ['corrupt', 500, false],
  ])('answers a failure %s with %i', (code, status, again) => {
    const problem = toProblem(new Failure(code, INTERNAL));
    expect(problem).toMatchObject({ status, code });
    expect(problem.options.headers?.['retry-after'] !== undefined).toBe(again);
    expect(problem.options.detail).not.toContain('hunter2');
    if (status >= 500) expect(problem.options.detail).not.toContain('10.0.0.7');
  });

  it.each([new TypeError(INTERNAL), INTERNAL, undefined, null, { statusCode: 400, message: INTERNAL }])(
    'tells nothing of a bug',
    (thrown) => {
      const problem = toProblem(thrown);
      expect(problem).toMatchObject({ status: 500, code: 'internal-error' });
      expect(JSON.stringify(problemBody(problem, '/x', 't'))).not.toContain('postgres');
    },
  );

  it('keeps the status of what frameworks refuse, and none of their words', () => {
    expect(toProblem(new BadRequestException(INTERNAL))).toMatchObject({ status: 400, code: 'bad-request' });
    const quoting = Object.assign(new SyntaxError(`Unexpected token in ${INTERNAL}`), { statusCode: 400 });
    expect(toProblem(quoting)).toMatchObject({ status: 400, code: 'malformed-body' });
    expect(toProblem(quoting).options.detail).not.toContain('hunter2');
  });

  it('lets no extension member stand in for a standard one', () => {
    const problem = new Problem(409, 'c', 'T', { extensions: { status: 200, type: 'x', state: 'broken' } });
    expect(problemBody(problem, '/x', 't')).toEqual({
      type: 'urn:meshery:problem:c',
      title: 'T',
      status: 409,
      code: 'c',
      state: 'broken',
      instance: '/x',
      traceId: 't',
    });
  });
});
