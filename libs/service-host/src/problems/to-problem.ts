import { HttpException } from '@nestjs/common';
import { Failure, type FailureCode } from '@mooring/kernel';
import { STATUS_CODES } from 'node:http';
import { redactText } from '../logs/redact.ts';
import { Problem } from './problem.ts';

/** What a schema cannot say of a request is refused under the same name as what it can. */
const INVALID_REQUEST = { code: 'invalid-request', title: 'The request is not as this operation wants it' };

const FAILURES: Readonly<Record<FailureCode, readonly [status: number, title: string]>> = {
  invalid: [400, INVALID_REQUEST.title],
  denied: [503, 'A part of the system refuses this service'],
  'not-found': [404, 'Not found'],
  conflict: [409, 'Somebody else was first'],
  limit: [413, 'Too large or too many'],
  unavailable: [503, 'A part of the system is not available'],
  timeout: [503, 'A part of the system did not answer in time'],
  'outcome-unknown': [503, 'It is not known whether this took effect'],
  corrupt: [500, 'Stored data cannot be true'],
};

/** For what the world did (5xx) the message may name hosts and internals, so a person gets the general sentence; the log has the rest. */
const GENERAL: Readonly<Partial<Record<FailureCode, string>>> = {
  denied: 'Nothing was changed. An operator has to look at the credentials of this service; /readyz says which.',
  unavailable: 'Nothing was changed. Try again in a moment.',
  timeout: 'Nothing was changed. Try again in a moment.',
  'outcome-unknown':
    'It may or may not have happened. Repeat it with the same Idempotency-Key, or read the state first.',
  corrupt: 'A person has to look at the logs of this service.',
};

const RETRY_AFTER_SECONDS = '1';
/** What needs an operator takes longer. */
const RETRY_AFTER_DENIED_SECONDS = '30';

function retryAfterOf({ code, retryCanHelp }: Failure): string | undefined {
  if (code === 'denied') return RETRY_AFTER_DENIED_SECONDS;
  return retryCanHelp ? RETRY_AFTER_SECONDS : undefined;
}

function fromFailure(failure: Failure): Problem {
  const { code, message } = failure;
  if (code === 'invalid') return fromInvalid(failure);
  const [status, title] = FAILURES[code];
  const retryAfter = status === 503 ? retryAfterOf(failure) : undefined;
  return new Problem(status, code, title, {
    detail: GENERAL[code] ?? redactText(message),
    ...(retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }),
  });
}

function fromInvalid({ message, details }: Failure): Problem {
  const detail = redactText(message);
  const parameter = details['parameter'];
  return new Problem(400, INVALID_REQUEST.code, INVALID_REQUEST.title, {
    detail,
    ...(typeof parameter === 'string' ? { errors: [{ parameter, detail }] } : {}),
  });
}

const BODY_NOT_JSON = new Problem(400, 'malformed-body', 'The body cannot be read', {
  detail: 'The body is not valid JSON.',
});

/** Fastify's own errors by their codes. Their messages may quote the request's body, so none is passed on. */
const FASTIFY: Readonly<Record<string, Problem>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: new Problem(413, 'body-too-large', 'The body is too large'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new Problem(415, 'unsupported-media-type', 'This media type is not accepted here'),
  FST_ERR_CTP_INVALID_JSON_BODY: BODY_NOT_JSON,
  FST_ERR_CTP_EMPTY_JSON_BODY: BODY_NOT_JSON,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: new Problem(400, 'malformed-body', 'The body cannot be read', {
    detail: 'The body is not as long as Content-Length says.',
  }),
  FST_ERR_BAD_URL: new Problem(400, 'malformed-url', 'The URL cannot be read'),
  FST_ERR_MAX_PARAM_LENGTH: new Problem(414, 'url-too-long', 'The URL is too long'),
};

const slug = (text: string): string => text.toLowerCase().replaceAll(/[^a-z]+/g, '-');

function fromStatus(status: number): Problem {
  const title = STATUS_CODES[status] ?? 'The request was refused';
  return new Problem(status, slug(title), title);
}

const isClientStatus = (status: unknown): status is number =>
  typeof status === 'number' && status >= 400 && status < 500;

/**
 * What to answer to anything that was thrown while a request was served. Total: what is not known is 500
 * `internal-error`, which tells nothing of its cause.
 */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof Failure) return fromFailure(thrown);
  if (thrown instanceof HttpException && thrown.getStatus() !== 500) return fromStatus(thrown.getStatus());
  if (thrown instanceof Error) {
    const { code, statusCode } = thrown as Error & { code?: unknown; statusCode?: unknown };
    const known = typeof code === 'string' ? FASTIFY[code] : undefined;
    if (known !== undefined) return known;
    if (thrown instanceof SyntaxError && statusCode === 400) return BODY_NOT_JSON;
    if (isClientStatus(statusCode)) return fromStatus(statusCode);
  }
  return new Problem(500, 'internal-error', 'Something went wrong here', {
    detail: 'The log of this service has the cause under this trace id.',
  });
}
