import type { ClusterAccess } from '@mooring/cluster-watch';
import type { Reason } from '@mooring/contracts';
import { ok, refused, type Result } from '@mooring/kernel';
import { readCredential, readTarget, type AccessRules } from './access.ts';
import type { Finding } from './credential.ts';
import {
  checkEntry,
  readDocument,
  type KubeconfigDocument,
  type KubeconfigRejection,
  type NamedEntry,
} from './document.ts';

/** One context, accounted for: usable, or not and why. */
export type ReadContext = { readonly context: string } & (
  | { readonly usable: true; readonly access: ClusterAccess; readonly expiresAt?: Date }
  | { readonly usable: false; readonly server?: string; readonly reason: Reason }
);

/**
 * Reads a kubeconfig. A text that is none is rejected as a whole; otherwise every context is accounted for, in order, and
 * one that is wrong never keeps the others from being used. A repeated context name is made unique by ` (2)`, ` (3)` …
 */
export function readKubeconfig(text: string, rules: AccessRules): Result<readonly ReadContext[], KubeconfigRejection> {
  const document = readDocument(text);
  if (!document.ok) return document;
  const index = { clusters: indexByName(document.value.clusters), users: indexByName(document.value.users) };
  const seen = new Map<string, number>();
  const taken = new Set(document.value.contexts.map(({ name }) => name));
  return ok(
    document.value.contexts.map((entry) => {
      const times = (seen.get(entry.name) ?? 0) + 1;
      seen.set(entry.name, times);
      if (times === 1) return readContext(entry, index, rules);
      const finding = {
        code: 'duplicate-context',
        field: `contexts[${entry.name}]`,
        message: `The kubeconfig has ${times} contexts named "${entry.name}" or more; the first one is used.`,
        suggestedRemediation: 'Give each context a name of its own.',
      };
      return { context: unusedName(entry.name, times, taken), usable: false, reason: reasonOf(finding) };
    }),
  );
}

/** `name (2)`, or the next number that no other context has taken. */
function unusedName(name: string, from: number, taken: Set<string>): string {
  let number = from;
  while (taken.has(`${name} (${number})`)) number += 1;
  taken.add(`${name} (${number})`);
  return `${name} (${number})`;
}

type Index = ReadonlyMap<string, readonly NamedEntry[]>;

function indexByName(entries: KubeconfigDocument['clusters']): Index {
  const index = new Map<string, NamedEntry[]>();
  for (const entry of entries) index.set(entry.name, [...(index.get(entry.name) ?? []), entry]);
  return index;
}

const reasonOf = ({ code, message, suggestedRemediation }: Finding): Reason => ({
  code,
  message,
  suggestedRemediation,
});

function readContext(entry: NamedEntry, index: { clusters: Index; users: Index }, rules: AccessRules): ReadContext {
  const unusable = (finding: Finding, server?: string): ReadContext => ({
    context: entry.name,
    usable: false,
    reason: reasonOf(finding),
    ...(server === undefined ? {} : { server }),
  });
  const context = checked('context', entry);
  if (!context.ok) return unusable(context.error);
  const field = `contexts[${entry.name}].context`;

  const clusterEntry = resolve(`${field}.cluster`, 'cluster', context.value.cluster, index.clusters);
  if (!clusterEntry.ok) return unusable(clusterEntry.error);
  const cluster = checked('cluster', clusterEntry.value);
  if (!cluster.ok) return unusable(cluster.error);
  const target = readTarget(clusterEntry.value.name, cluster.value, rules);
  if (!target.ok) return unusable(target.error);
  const { server } = target.value;

  const userEntry = resolve(`${field}.user`, 'user', context.value.user, index.users);
  if (!userEntry.ok) return unusable(userEntry.error, server);
  const user = checked('user', userEntry.value);
  if (!user.ok) return unusable(user.error, server);
  const credential = readCredential(userEntry.value.name, user.value, rules);
  if (!credential.ok) return unusable(credential.error, server);

  const { auth, expiresAt } = credential.value;
  const access = { ...target.value, auth };
  if (JSON.stringify(access).length > ACCESS_LENGTH_MAX)
    return unusable(
      {
        code: 'credential-too-large',
        field,
        message: `The certificates and the credential of ${field} are longer than ${ACCESS_LENGTH_MAX} characters together.`,
        suggestedRemediation: REMEDY,
      },
      server,
    );
  return {
    context: entry.name,
    usable: true,
    access,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** What travels encrypted to discovery has to fit in one message of the bus; real ones have a few thousand characters. */
const ACCESS_LENGTH_MAX = 512 * 1024;

const REMEDY = 'Correct the kubeconfig and hand it in again; contexts that are known already stay as they are.';

function checked<Kind extends 'context' | 'cluster' | 'user'>(kind: Kind, entry: NamedEntry) {
  const result = checkEntry(kind, entry);
  if (result.ok) return result;
  const { field, message } = result.error;
  return refused<Finding>({
    code: 'field-invalid',
    field,
    message: `${field} ${message}.`,
    suggestedRemediation: REMEDY,
  });
}

/** The one entry a context names. None, and more than one, are both findings: which one was meant cannot be guessed. */
function resolve(
  field: string,
  kind: 'cluster' | 'user',
  name: string | undefined,
  index: Index,
): Result<NamedEntry, Finding> {
  const finding = (code: string, message: string): Result<never, Finding> =>
    refused({ code, field, message, suggestedRemediation: REMEDY });
  if (name === undefined || name === '')
    return finding(`${kind}-missing`, `${field} is missing: the context names no ${kind}.`);
  const [first, ...others] = index.get(name) ?? [];
  if (first === undefined)
    return finding(`${kind}-missing`, `${field} names the ${kind} "${name}", which the kubeconfig does not have.`);
  const same = others.every(({ value }) => JSON.stringify(value) === JSON.stringify(first.value));
  return same
    ? ok(first)
    : finding(
        `duplicate-${kind}`,
        `${field} names the ${kind} "${name}", which the kubeconfig has ${others.length + 1} times, differently.`,
      );
}
