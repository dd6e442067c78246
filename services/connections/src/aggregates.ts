import type { ConnectionEvent, ConnectionFold } from './domain/connection.ts';
import { evolve, UNKNOWN } from './domain/connection.ts';
import { evolveClaim, UNCLAIMED, type AccessClaimEvent, type Claim, type ClusterClaimEvent } from './domain/claim.ts';
import { evolveImport, NO_IMPORT, type Import, type ImportEvent } from './domain/import.ts';
import { createAggregate } from '@mooring/event-store';

/** The four kinds of stream this service writes: `<category>-<uuid>`. */
export const connections = createAggregate<ConnectionFold, ConnectionEvent>({
  category: 'connection',
  initial: UNKNOWN,
  evolve,
  schemaVersion: 1,
});

export const clusterClaims = createAggregate<Claim, ClusterClaimEvent>({
  category: 'cluster',
  initial: UNCLAIMED,
  evolve: evolveClaim,
  schemaVersion: 1,
});

export const accessClaims = createAggregate<Claim, AccessClaimEvent>({
  category: 'access',
  initial: UNCLAIMED,
  evolve: evolveClaim,
  schemaVersion: 1,
});

export const imports = createAggregate<Import, ImportEvent>({
  category: 'import',
  initial: NO_IMPORT,
  evolve: evolveImport,
  schemaVersion: 1,
});
