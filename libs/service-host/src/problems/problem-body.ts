import { Type, type Static } from 'typebox';
import type { Problem } from './problem.ts';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Problem details (RFC 9457) as every service answers them. */
export const ProblemBody = Type.Object(
  {
    type: Type.String({ description: '`urn:meshery:problem:<code>`; the stable name of the kind of problem.' }),
    title: Type.String({ description: 'The same for every occurrence of the type.' }),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    code: Type.String({ description: 'The last part of `type`.' }),
    detail: Type.Optional(Type.String({ description: 'About this occurrence, for a person.' })),
    instance: Type.String({ description: 'The path that was asked.' }),
    traceId: Type.String({ description: 'The trace of the request: 32 hex digits.' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          pointer: Type.Optional(Type.String({ description: 'JSON pointer into the body.' })),
          parameter: Type.Optional(Type.String({ description: 'Name of a path or query parameter.' })),
          header: Type.Optional(Type.String({ description: 'Name of a header.' })),
          detail: Type.String(),
        }),
      ),
    ),
  },
  { additionalProperties: true, description: 'Problem details (RFC 9457); further members depend on the type.' },
);
export type ProblemBody = Static<typeof ProblemBody>;

/** `path` is the request's path without its query, which may hold a token. */
export const problemBody = (problem: Problem, path: string, traceId: string): ProblemBody => ({
  ...problem.options.extensions,
  type: `urn:meshery:problem:${problem.code}`,
  title: problem.title,
  status: problem.status,
  code: problem.code,
  ...(problem.options.detail === undefined ? {} : { detail: problem.options.detail }),
  instance: path,
  traceId,
  ...(problem.options.errors === undefined ? {} : { errors: problem.options.errors.map((error) => ({ ...error })) }),
});
