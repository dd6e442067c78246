import {
  ImportPage,
  ImportReceipt,
  ImportView,
  KUBECONFIG_BYTES_MAX,
  KUBECONFIG_CONTEXTS_MAX,
  pageQuery,
} from '@mooring/contracts';
import { Caller, CommandHeaders, Operation, Problem, type RequestContext } from '@mooring/service-host';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Type, type Static } from 'typebox';
import type { ConnectionQueries } from '../adapters/view.queries.ts';
import { submitImport, type ImportRejection } from '../process/imports.ts';
import { IMPORTS, QUERIES, READ_POSITION, SYSTEM_ID } from '../tokens.ts';
import { KubeconfigBody } from './kubeconfig-schema.ts';
import { toImportReceipt } from './import-receipt.ts';
import type { ReadPosition } from './read-position.ts';

const Id = Type.Object({ id: Type.String({ format: 'uuid' }) });
const FindQuery = Type.Object(
  { atLeastRevision: Type.Optional(Type.String({ pattern: '^[0-9]{1,18}$' })) },
  { additionalProperties: false },
);
const ListQuery = Type.Object(pageQuery, { additionalProperties: false });

/** Media types under which a kubeconfig is taken; JSON is YAML. */
export const KUBECONFIG_MEDIA_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml', 'application/json'];

/** Nothing an uploaded kubeconfig names is ever run, read or trusted. */
const UPLOAD_RULES = {
  allowed: new Set<never>(),
  operator: false,
  readFile: (): never => {
    throw new Error('files are never read for an uploaded kubeconfig');
  },
};

const STATUS: Readonly<Record<ImportRejection['code'], number>> = {
  'not-yaml': 400,
  'not-a-kubeconfig': 400,
  'no-contexts': 400,
  'too-many-contexts': 413,
  // As the draft of the header has it (draft-ietf-httpapi-idempotency-key-header, 2.7).
  'idempotency-key-reused': 422,
};

type SubmitDeps = Parameters<typeof submitImport>[0];

/** Kubeconfigs: handed in, and what became of each context. */
@Controller('api/imports')
export class ImportsController {
  constructor(
    @Inject(IMPORTS) private readonly deps: SubmitDeps,
    @Inject(QUERIES) private readonly queries: ConnectionQueries,
    @Inject(READ_POSITION) private readonly position: ReadPosition,
    @Inject(SYSTEM_ID) private readonly systemId: string,
  ) {}

  @Post()
  @HttpCode(202)
  @Operation({
    summary: 'Hands in a kubeconfig',
    description: `The body is the kubeconfig itself, as YAML or JSON, up to ${KUBECONFIG_BYTES_MAX} bytes and ${KUBECONFIG_CONTEXTS_MAX} contexts. Answers 202 with the address at which every context's outcome appears. With an Idempotency-Key a repeat is the same import; another kubeconfig with the same key is refused (422). The connectionId of a context is the one it gets if its cluster is new: the outcome names the connection that it is.`,
    tags: ['imports'],
    consumes: KUBECONFIG_MEDIA_TYPES,
    body: Type.String({ minLength: 1 }),
    bodyText: KubeconfigBody,
    headers: CommandHeaders,
    response: { 202: ImportReceipt },
    problems: [413, 415, 422],
  })
  async submit(
    @Body() text: string,
    @Caller() caller: RequestContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportReceipt> {
    const { userId, correlationId, idempotencyKey, traceId } = caller;
    const result = await submitImport(this.deps, {
      text,
      origin: 'upload',
      rules: UPLOAD_RULES,
      contextsMax: KUBECONFIG_CONTEXTS_MAX,
      context: {
        userId,
        correlationId,
        systemId: this.systemId,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      },
    });
    if (!result.ok) throw rejected(result.error);
    const { importId, outcome } = result.value;
    void reply.header('location', `/api/imports/${importId}`);
    return toImportReceipt(importId, outcome, traceId);
  }

  @Get()
  @Operation({
    summary: 'Lists imports, newest first',
    tags: ['imports'],
    query: ListQuery,
    response: { 200: ImportPage },
  })
  list(@Query() query: Static<typeof ListQuery>): Promise<ImportPage> {
    return this.queries.listImports(query);
  }

  @Get(':id')
  @Operation({
    summary: 'One import with the outcome of every context',
    tags: ['imports'],
    params: Id,
    query: FindQuery,
    response: { 200: ImportView },
    problems: [404, 412],
  })
  async find(@Param('id') id: string, @Query() { atLeastRevision }: Static<typeof FindQuery>): Promise<ImportView> {
    if (atLeastRevision !== undefined) await this.position.waitForImportRevision(id, BigInt(atLeastRevision));
    const view = await this.queries.findImport(id);
    if (view === undefined)
      throw new Problem(404, 'no-such-import', 'There is no such import', { detail: `No import has the id ${id}.` });
    return view;
  }
}

const rejected = ({ code, field, message }: ImportRejection): Problem =>
  new Problem(STATUS[code], code, 'The kubeconfig cannot be used', {
    detail: message,
    errors: [{ pointer: field, detail: message }],
  });
