import { RouteSchema } from '@nestjs/platform-fastify';
import type { FastifySchema } from 'fastify';
import type { TSchema } from 'typebox';

/** One operation of the API: checked at the edge and documented from the same schemas. */
export interface OperationOptions {
  readonly summary: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly operationId?: string;
  /** Path parameters. Integers and booleans are read from their text. */
  readonly params?: TSchema;
  /** Query parameters; any other is answered 400. Integers, booleans and (by repeating the parameter) arrays are read from their text. */
  readonly query?: TSchema;
  /** The body, never coerced. Undeclared members of objects with declared ones are answered 400. */
  readonly body?: TSchema;
  /** What a body that is checked as a text says, for the document: the schema of what it is parsed to. */
  readonly bodyText?: TSchema;
  /** Request headers of this operation, for the document; the operation itself reads and checks them. */
  readonly headers?: TSchema;
  /** Media types of the body; default `application/json`. */
  readonly consumes?: readonly string[];
  /** Answers by status. `Type.Null()` means: without a body. */
  readonly response: Readonly<Record<number, TSchema>>;
  /** Media types of the answers; default `application/json`. */
  readonly produces?: readonly string[];
  /** Statuses of problems that are this operation's own; 400, 401, 500 and 503 are every operation's. */
  readonly problems?: readonly number[];
}

/** Checks requests of a controller's method against schemas and puts the method into the OpenAPI document. */
export const Operation = (options: OperationOptions): MethodDecorator => RouteSchema(toFastifySchema(options));

/** The same for a raw Fastify route: `http.get(path, { schema: operationSchema({…}) }, handler)`. */
export const operationSchema = (options: OperationOptions): Record<string, unknown> => toFastifySchema(options);

/** Schema of a raw route that is no part of the API: neither documented nor checked. A new one each time, since Fastify marks it. */
export const hiddenSchema = (): FastifySchema => ({ hide: true });

function toFastifySchema({
  query,
  problems,
  bodyText,
  headers,
  ...options
}: OperationOptions): Record<string, unknown> {
  return {
    ...options,
    ...(query === undefined ? {} : { querystring: query }),
    ...(bodyText === undefined ? {} : { 'x-body-text': bodyText }),
    ...(headers === undefined ? {} : { 'x-headers': headers }),
    ...(problems === undefined ? {} : { 'x-problems': problems }),
  };
}
