import { request } from 'node:http';
import type { OpenApiDocument } from '@mooring/service-host';
import fc from 'fast-check';
import type { System } from '../system.ts';

const PATH = '/api/events/stream';

interface Head {
  readonly status: number;
  readonly mediaType: string;
}

/** The head of the answer; the stream itself has no end, so it is left then. */
function headOf(system: System, query: string, headers: Readonly<Record<string, string>>): Promise<Head> {
  return new Promise((resolve, reject) => {
    const options = {
      agent: false,
      timeout: 10_000,
      headers: { authorization: `Bearer ${system.token}`, ...headers },
    } as const;
    const outgoing = request(`${system.url}${PATH}${query}`, options, (answer) => {
      resolve({
        status: answer.statusCode ?? 0,
        mediaType: (answer.headers['content-type'] ?? '').split(';', 1)[0] ?? '',
      });
      answer.destroy();
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error(`${PATH}${query}: no answer`)));
    outgoing.once('error', reject);
    outgoing.end();
  });
}

const ids = fc.oneof(
  fc.nat().map(String),
  fc.string({ unit: 'grapheme', maxLength: 150 }),
  fc.constant(''),
  fc.constant('\u0000'),
);
const queries = fc.dictionary(fc.oneof(fc.constant('lastEventId'), fc.string({ minLength: 1 })), ids, { maxKeys: 2 });
const headers = fc.record(
  {
    'last-event-id': fc.stringMatching(/^[\x20-\x7e]{0,200}$/).map((text) => text.trim()),
    accept: fc.constantFrom('text/event-stream', '*/*', 'application/json'),
  },
  { requiredKeys: [] },
);

/** Fuzzes the live stream, whose answers have no end: each head is as its document says, and 200 whenever the query fits it. */
export async function fuzzStream(system: System, { runs, seed }: { runs: number; seed: number }): Promise<void> {
  const { body } = await system.call<OpenApiDocument>('GET', '/api/openapi.json');
  const responses = body.paths[PATH]?.['get']?.responses ?? {};
  await fc.assert(
    fc.asyncProperty(queries, headers, async (query, given) => {
      const text = new URLSearchParams(query).toString();
      const { status, mediaType } = await headOf(system, text === '' ? '' : `?${text}`, given);
      const fits = Object.entries(query).every(
        ([name, value]) => name === 'lastEventId' && Array.from(value).length <= 100 && !value.includes('\u0000'),
      );
      expect({ status, mediaType }).toEqual(
        fits ? { status: 200, mediaType: 'text/event-stream' } : { status: 400, mediaType: 'application/problem+json' },
      );
      expect(responses).toHaveProperty(String(status));
    }),
    { numRuns: runs, seed },
  );
}
