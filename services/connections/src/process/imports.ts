import type { ClusterAccess } from '@mooring/cluster-watch';
import type { CommandContext, CommandOutcome, EventStore } from '@mooring/event-store';
import { handleCommand, load } from '@mooring/event-store';
import { nameUuid, ok, randomUuid, refused, type Result } from '@mooring/kernel';
import { imports } from '../aggregates.ts';
import type { Sealing } from '../adapters/sealing.ts';
import type { StoredCredential, Vault } from '../adapters/vault.ts';
import {
  isOfOtherContexts,
  requestImport,
  type Import,
  type ImportContext,
  type ImportEvent,
} from '../domain/import.ts';
import type { AccessRules } from '../kubeconfig/access.ts';
import type { KubeconfigRejection } from '../kubeconfig/document.ts';
import { readKubeconfig, type ReadContext } from '../kubeconfig/kubeconfig.ts';

export interface ImportRequest {
  readonly text: string;
  readonly origin: 'upload' | 'startup';
  readonly rules: AccessRules;
  readonly context: CommandContext;
  readonly contextsMax: number;
}

export type ImportRejection =
  | KubeconfigRejection
  | {
      readonly code: 'too-many-contexts' | 'idempotency-key-reused';
      readonly field: string;
      readonly message: string;
    };

export interface AcceptedImport {
  readonly importId: string;
  readonly outcome: CommandOutcome<Import, ImportEvent>;
}

const KEY_REUSED: ImportRejection = {
  code: 'idempotency-key-reused',
  field: 'idempotency-key',
  message:
    'the same Idempotency-Key came with another kubeconfig before; nothing was imported: send this one with a key of its own',
};

/** Takes a kubeconfig in: credentials are kept first, then the request is recorded; the rest follows from that fact. */
export async function submitImport(
  deps: { readonly store: EventStore; readonly vault: Vault; readonly sealing: Sealing },
  request: ImportRequest,
): Promise<Result<AcceptedImport, ImportRejection>> {
  const { text, origin, rules, context, contextsMax } = request;
  const read = readKubeconfig(text, rules);
  if (!read.ok) return read;
  if (read.value.length > contextsMax) {
    return refused({
      code: 'too-many-contexts',
      field: 'contexts',
      message: `the kubeconfig has ${read.value.length} contexts; at most ${contextsMax} are taken at a time`,
    });
  }
  const importId = importIdOf(request, deps.sealing);
  const accounted = read.value.map((item) => account(importId, item, deps.sealing));
  // What was recorded before was kept before, and may have been erased since by what people decided.
  const { state: earlier } = await load(deps.store, imports, importId);
  const contexts = accounted.map(({ recorded }) => recorded);
  if (origin === 'upload' && isOfOtherContexts(earlier, contexts)) return refused(KEY_REUSED);
  if (earlier.status === 'unknown') {
    await deps.vault.keep(accounted.flatMap(({ credential }) => (credential === undefined ? [] : [credential])));
  }
  const command = { importId, origin, contexts };
  const result = await handleCommand(deps.store, imports, importId, context, (state) =>
    ok(requestImport(command, state)),
  );
  return result.ok ? ok({ importId, outcome: result.value }) : result;
}

/**
 * A repeated request (same idempotency key) is the same import. So is the operator's unchanged kubeconfig at the next start:
 * it was taken in once, and what people decided since stands.
 */
function importIdOf({ origin, text, rules, context }: ImportRequest, sealing: Sealing): string {
  if (origin === 'startup')
    return nameUuid('startup-import', sealing.digest(`${[...rules.allowed].sort().join()}\n${text}`));
  return context.idempotencyKey === undefined
    ? randomUuid()
    : nameUuid('import', context.userId ?? '', context.idempotencyKey);
}

interface Accounted {
  readonly recorded: ImportContext;
  readonly credential?: StoredCredential;
}

function account(importId: string, read: ReadContext, sealing: Sealing): Accounted {
  const connectionId = nameUuid('connection', importId, read.context);
  if (!read.usable) {
    const { context, server, reason } = read;
    return { recorded: { context, connectionId, reason, ...(server === undefined ? {} : { server }) } };
  }
  const { context, access, expiresAt } = read;
  const credentialId = nameUuid('credential', importId, context);
  return {
    recorded: {
      context,
      connectionId,
      server: access.server,
      ...identify(access, sealing),
      credentialId,
      ...(expiresAt === undefined ? {} : { credentialExpiresAt: expiresAt.toISOString() }),
    },
    credential: { id: credentialId, connectionId, importId, access },
  };
}

const identify = (access: ClusterAccess, sealing: Sealing) => ({
  accessId: sealing.accessId(access),
  fingerprint: sealing.fingerprint(access),
});
