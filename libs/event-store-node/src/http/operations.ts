import { join } from 'node:path';
import { ADMINS, OPERATORS } from '../security/access.ts';
import { json, onlyFor, type Identify } from './admin.ts';
import type { HttpHandler } from './http-server.ts';

export interface Operations {
  scavenge(): Promise<{ readonly events: number }>;
  backUp(file: string): Promise<void>;
}

/** What an operator does to a running node. Each answers when it is done. */
export function createOperationRoutes(
  operations: Operations,
  dataFolder: string,
  identify: Identify,
): Readonly<Record<string, HttpHandler>> {
  const guarded = (handler: HttpHandler): HttpHandler => onlyFor([ADMINS, OPERATORS], identify, handler);
  return {
    'POST /admin/scavenge': guarded(async (_request, response) => {
      json(response, 200, await operations.scavenge());
    }),
    'POST /admin/backup': guarded(async (_request, response) => {
      const name = `events-${new Date().toISOString().replaceAll(':', '-')}.db`;
      const file = join(dataFolder, 'backups', name);
      await operations.backUp(file);
      json(response, 200, { file });
    }),
  };
}
