import { Failure } from '@mooring/kernel';
import { INTERNAL_HEADER, Problem, type OpenApiDocument, type Secret } from '@mooring/service-host';
import type { Upstream } from '../routes.ts';

const TIMEOUT_MS = 5_000;
const KEPT_MS = 10_000;

export interface ServiceDocument {
  readonly service: string;
  readonly document: OpenApiDocument;
}

async function fetchDocument({ name, url }: Upstream, secret: Secret): Promise<ServiceDocument> {
  try {
    const response = await fetch(`${url}/openapi.json`, {
      headers: { [INTERNAL_HEADER]: secret.reveal() },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Failure('unavailable', `${name} answered ${response.status}`);
    return { service: name, document: (await response.json()) as OpenApiDocument };
  } catch {
    throw new Problem(503, 'unavailable', 'A part of the system is not available', {
      detail: `The service ${name} cannot be asked for its document.`,
      headers: { 'retry-after': '1' },
      extensions: { service: name },
    });
  }
}

/**
 * The documents of all services, asked for at most every 10 s and once for many callers. Rejects with a 503 `Problem` when one
 * cannot be had: a document without a service's part would be untrue.
 */
export function createServiceDocuments(
  services: readonly Upstream[],
  secret: Secret,
  nowMs: () => number = () => performance.now(),
): () => Promise<readonly ServiceDocument[]> {
  let kept: { readonly documents: Promise<readonly ServiceDocument[]>; readonly atMs: number } | undefined;
  return () => {
    if (kept !== undefined && nowMs() - kept.atMs < KEPT_MS) return kept.documents;
    const documents = Promise.all(services.map((service) => fetchDocument(service, secret)));
    const asked = { documents, atMs: nowMs() };
    kept = asked;
    documents.catch(() => {
      if (kept === asked) kept = undefined;
    });
    return documents;
  };
}
