import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One request to an API server, as its audit log has it. */
export interface AuditedRequest {
  readonly id: string;
  readonly user: string;
  /** `get`, `list`, `watch`, … */
  readonly verb: string;
  /** The plural name; undefined for what is no resource, like `/version`. */
  readonly resource: string | undefined;
}

/** Every request of a user so far, in the order in which the API server wrote of it, each once. */
export async function auditedRequests(clusterFolder: string, user: string): Promise<readonly AuditedRequest[]> {
  const text = await readFile(join(clusterFolder, 'audit.log'), 'utf8');
  const lines = text.slice(0, text.lastIndexOf('\n')).split('\n');
  const requests = new Map<string, AuditedRequest>();
  for (const line of lines) {
    const { auditID: id, verb, user: who, objectRef } = JSON.parse(line);
    if (who.username === user && !requests.has(id))
      requests.set(id, { id, user, verb, resource: objectRef?.resource as string | undefined });
  }
  return [...requests.values()];
}
