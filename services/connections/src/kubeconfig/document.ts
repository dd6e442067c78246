import { Compile } from 'typebox/compile';
import { Type, type Static } from 'typebox';
import { ok, refused, type Result } from '@mooring/kernel';
import { readYaml } from './yaml.ts';

/* The parts of a kubeconfig (`v1` `Config` of client-go's clientcmd) that decide how a cluster is reached. Others are ignored. */

const Text = Type.Optional(Type.String());

export const ClusterEntry = Type.Object({
  server: Text,
  'certificate-authority': Text,
  'certificate-authority-data': Text,
  'insecure-skip-tls-verify': Type.Optional(Type.Boolean()),
  'tls-server-name': Text,
  'proxy-url': Text,
});
export type ClusterEntry = Static<typeof ClusterEntry>;

export const ExecEntry = Type.Object({
  apiVersion: Text,
  command: Type.String({ minLength: 1 }),
  args: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
  env: Type.Optional(Type.Union([Type.Array(Type.Object({ name: Type.String(), value: Type.String() })), Type.Null()])),
  provideClusterInfo: Type.Optional(Type.Boolean()),
});

export const UserEntry = Type.Object({
  'client-certificate': Text,
  'client-certificate-data': Text,
  'client-key': Text,
  'client-key-data': Text,
  token: Text,
  tokenFile: Text,
  username: Text,
  password: Text,
  as: Text,
  'as-groups': Type.Optional(Type.Unknown()),
  'as-uid': Text,
  'as-user-extra': Type.Optional(Type.Unknown()),
  exec: Type.Optional(Type.Union([ExecEntry, Type.Null()])),
  'auth-provider': Type.Optional(Type.Unknown()),
});
export type UserEntry = Static<typeof UserEntry>;

export const ContextEntry = Type.Object({ cluster: Text, user: Text });
export type ContextEntry = Static<typeof ContextEntry>;

/** An entry as it stands in one of the three lists; it may still be of the wrong shape. */
export interface NamedEntry {
  readonly name: string;
  readonly value: unknown;
}

export interface KubeconfigDocument {
  readonly contexts: readonly NamedEntry[];
  readonly clusters: readonly NamedEntry[];
  readonly users: readonly NamedEntry[];
}

/** Why a text is no kubeconfig at all. `field` is where, in the document's own terms. */
export interface KubeconfigRejection {
  readonly code: 'not-yaml' | 'not-a-kubeconfig' | 'no-contexts';
  readonly field: string;
  readonly message: string;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads the text (YAML, of which JSON is a part) into its three lists. Aliases are bounded, so that a small text cannot become a large one. */
export function readDocument(text: string): Result<KubeconfigDocument, KubeconfigRejection> {
  const parsed = parseYaml(text);
  if (!parsed.ok) return parsed;
  const root = parsed.value;
  if (!isRecord(root)) {
    return refused({
      code: 'not-a-kubeconfig',
      field: '/',
      message: 'the document is not a mapping with clusters, users and contexts',
    });
  }
  const kind = root['kind'];
  if (kind !== undefined && kind !== 'Config') {
    return refused({
      code: 'not-a-kubeconfig',
      field: 'kind',
      message: 'kind is not "Config", which a kubeconfig has',
    });
  }
  const lists = (['contexts', 'clusters', 'users'] as const).map((field) => readList(root[field], field));
  const wrong = lists.find((list) => !list.ok);
  if (wrong?.ok === false) return wrong;
  const [contexts = [], clusters = [], users = []] = lists.map((list) => (list.ok ? list.value : []));
  return contexts.length === 0
    ? refused({
        code: 'no-contexts',
        field: 'contexts',
        message: 'the kubeconfig has no contexts, so it names no cluster to connect to',
      })
    : ok({ contexts, clusters, users });
}

function parseYaml(text: string): Result<unknown, KubeconfigRejection> {
  const read = readYaml(text);
  if (!read.ok) return refused({ code: 'not-yaml', field: '/', message: read.error });
  let field: string | undefined;
  try {
    field = findUnstorable(read.value);
  } catch {
    // An alias to what it stands in makes a value without an end.
    return refused({ code: 'not-yaml', field: '/', message: 'the document is nested too deep' });
  }
  if (field === undefined) return read;
  return refused({
    code: 'not-a-kubeconfig',
    field: field === '' ? '/' : field,
    message: `${field === '' ? 'the document' : field} has a character that no text may have: U+0000 or half of a surrogate pair`,
  });
}

/** Where a text is that no database and no event can hold; escapes of YAML can write it. */
function findUnstorable(value: unknown, field = ''): string | undefined {
  if (typeof value === 'string') return value.includes('\u0000') || !value.isWellFormed() ? field : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    if (findUnstorable(key) !== undefined) return field;
    const found = findUnstorable(
      member,
      Array.isArray(value) ? `${field}[${key}]` : `${field}.${key}`.replace(/^\./, ''),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Names end up in lists, messages and databases, which do not take every character. */
const NAME_MAX = 253;
const PRINTABLE = /^\P{Cc}+$/u;

const MEMBER = { contexts: 'context', clusters: 'cluster', users: 'user' } as const;

function readList(value: unknown, field: keyof typeof MEMBER): Result<readonly NamedEntry[], KubeconfigRejection> {
  if (value === undefined || value === null) return ok([]);
  if (!Array.isArray(value)) {
    return refused({ code: 'not-a-kubeconfig', field, message: `${field} is not a list` });
  }
  const entries: NamedEntry[] = [];
  for (const [index, item] of (value as readonly unknown[]).entries()) {
    const name = isRecord(item) ? item['name'] : undefined;
    if (!isRecord(item) || typeof name !== 'string' || name === '') {
      return refused({
        code: 'not-a-kubeconfig',
        field: `${field}[${index}].name`,
        message: `${field}[${index}] has no name`,
      });
    }
    if (name.length > NAME_MAX || !PRINTABLE.test(name) || !name.isWellFormed()) {
      return refused({
        code: 'not-a-kubeconfig',
        field: `${field}[${index}].name`,
        message: `${field}[${index}] has a name that is longer than ${NAME_MAX} characters or has control characters in it`,
      });
    }
    entries.push({ name, value: item[MEMBER[field]] });
  }
  return ok(entries);
}

const validators = { context: Compile(ContextEntry), cluster: Compile(ClusterEntry), user: Compile(UserEntry) };
interface Entries {
  context: ContextEntry;
  cluster: ClusterEntry;
  user: UserEntry;
}

/** The entry with its shape checked; otherwise the first finding: the field in the document's terms, and what is wrong with it. */
export function checkEntry<Kind extends keyof Entries>(
  kind: Kind,
  entry: NamedEntry,
): Result<Entries[Kind], { field: string; message: string }> {
  const value = entry.value ?? {};
  const validator = validators[kind];
  if (validator.Check(value)) return ok(value as Entries[Kind]);
  const [finding] = validator.Errors(value);
  const path = (finding?.instancePath ?? '').replaceAll('/', '.');
  return refused({
    field: `${kind}s[${entry.name}].${kind}${path}`,
    message: finding?.message ?? 'has the wrong shape',
  });
}
