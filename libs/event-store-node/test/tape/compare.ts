import { isDeepStrictEqual } from 'node:util';
import type { TapeStep } from './tape.ts';

/** Without the wording of messages, on which no client can depend. */
const wordless = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(wordless);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'message')
      .map(([key, inner]) => [key, wordless(inner)]),
  );
};

/** Where the real server only says that its handler threw, any clear refusal is as good. */
const CLEAR_REFUSALS: readonly unknown[] = [
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'OUT_OF_RANGE',
  'FAILED_PRECONDITION',
  'UNIMPLEMENTED',
];

interface MaybeFailed {
  readonly status?: unknown;
  readonly messages?: unknown;
}

function same(expected: unknown, got: unknown): boolean {
  if (Array.isArray(expected))
    return (
      Array.isArray(got) && expected.length === got.length && expected.every((one, index) => same(one, got[index]))
    );
  const [recorded, answered] = [(expected ?? {}) as MaybeFailed, (got ?? {}) as MaybeFailed];
  if (recorded.status === 'UNKNOWN')
    return (
      CLEAR_REFUSALS.includes(answered.status) &&
      isDeepStrictEqual(wordless(recorded.messages), wordless(answered.messages))
    );
  return isDeepStrictEqual(wordless(expected), wordless(got));
}

/** Whether an answer is what a real server gave, on either version. */
export const isAnswerTo = (step: TapeStep, got: unknown): boolean =>
  [step.answer, ...(step.or ?? [])].some((recorded) => same(recorded, got));
