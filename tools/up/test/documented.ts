import { expectDocumented, type OpenApiDocument } from '@mooring/service-host';
import type { Answer, System } from './system.ts';

/** Asks the gateway, and fails when the answer is not exactly what the served OpenAPI document promises. */
export type DocumentedCall = System['call'];

export async function documentedCalls(system: System): Promise<DocumentedCall> {
  const served = await system.call<OpenApiDocument>('GET', '/api/openapi.json');
  if (served.status !== 200) throw new Error(`the OpenAPI document was answered ${served.status}`);
  return async <Body>(method: string, path: string, options = {}): Promise<Answer<Body>> => {
    const answer = await system.call<Body>(method, path, options);
    expectDocumented(served.body, method, path, answer.status, answer.body);
    return answer;
  };
}

/** Every item of a list, page by page, as a client reads it. */
export async function walk(call: DocumentedCall, path: string, limit: number): Promise<readonly any[]> {
  const items: any[] = [];
  for (let cursor = ''; ;) {
    const { status, body } = await call('GET', `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor}`);
    if (status !== 200) throw new Error(`${path} was answered ${status}: ${JSON.stringify(body)}`);
    items.push(...body.items);
    if (body.nextCursor === undefined) return items;
    cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
  }
}
