import type { DiscoveryAnswer } from './discovery.ts';
import type { Exchange } from './exchange.ts';
import type { FaultRules } from './fault-rules.ts';
import type { ListHandler } from './list.ts';
import { negotiate, representation } from './representation.ts';
import type { ObjectStore } from './store.ts';
import type { TypeRegistry } from './type-registry.ts';
import type { SimulatedType } from './types.ts';
import type { ReadRequest } from './users.ts';
import type { WatchHandler } from './watch.ts';

/** Who asks: nobody we know, somebody without a credential, or a user who may read some things. */
export type User = 'refused' | 'anonymous' | { readonly name: string; may(request: ReadRequest): boolean };

interface Target {
  readonly type: SimulatedType;
  readonly version: string;
  readonly namespace?: string;
  readonly name?: string;
}

const PATH = /^\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))\/(.+)$/;

/** Reads `/api/v1/pods`, `/api/v1/namespaces/NS/pods` and `/api/v1/namespaces/NS/pods/NAME`; `undefined` for other paths. */
function targetOf(registry: TypeRegistry, path: string): Target | undefined {
  const [, core, group = '', named = '', rest = ''] = PATH.exec(path) ?? [];
  const version = core ?? named;
  const parts = rest.split('/').map(decodeURIComponent);
  const [first = '', second, third, fourth] = parts;
  const isInside = first === 'namespaces' && third !== undefined;
  const type = registry.served(group, version, isInside ? third : first);
  if (type === undefined || isInside !== (type.namespaced && parts.length > 2)) return undefined;
  if (parts.length === 1) return { type, version };
  if (second === undefined) return undefined;
  if (parts.length === 2) return type.namespaced ? undefined : { type, version, name: second };
  if (parts.length === 3) return { type, version, namespace: second };
  return parts.length === 4 && fourth !== undefined ? { type, version, namespace: second, name: fourth } : undefined;
}

/** What anybody may read, as the role system:public-info-viewer allows on a real server. */
const PUBLIC = new Set(['/version', '/livez', '/readyz', '/healthz']);

export interface Router {
  readonly store: ObjectStore;
  readonly registry: TypeRegistry;
  readonly rules: FaultRules;
  readonly list: ListHandler;
  readonly watch: WatchHandler;
  readonly discovery: (path: string, accept: string) => DiscoveryAnswer | undefined;
  readonly gitVersion: () => string;
  readonly userOf: (exchange: Exchange) => User;
  readonly count: (verb: string, path: string) => void;
}

const isTrue = (value: string | null): boolean => value === '1' || value === 'true';

type Verb = 'get' | 'list' | 'watch';

const verbOf = ({ method, query }: Exchange, target: Target | undefined): Verb | undefined => {
  if (method !== 'GET') return undefined;
  if (target === undefined || target.name !== undefined) return 'get';
  return isTrue(query.get('watch')) ? 'watch' : 'list';
};

/** As it is counted: a watch that begins with everything there is has a name of its own, the one of the API server's metrics. */
const countedVerbOf = ({ method, query }: Exchange, verb: Verb | undefined): string => {
  if (verb === 'watch' && query.get('sendInitialEvents') === 'true') return 'watchlist';
  return verb ?? method.toLowerCase();
};

function versionDocument(gitVersion: string): object {
  const [major, minor] = gitVersion.replace(/^v/, '').split('.');
  return { major, minor, gitVersion, gitCommit: '', goVersion: 'go1.26', compiler: 'gc', platform: 'linux/amd64' };
}

const NO_SUCH_PATH = '404 page not found\n';
const NO_SUCH_RESOURCE = 'the server could not find the requested resource';

/** True when the request was answered by a fault that stands for every request of its like. */
function faulty({ rules }: Router, exchange: Exchange, target: Target | undefined, verb: Verb): boolean {
  const groupResource = target?.type.groupResource;
  const fault = rules.take({
    verb,
    path: exchange.path,
    laterPage: exchange.query.has('continue'),
    ...(groupResource === undefined ? {} : { groupResource }),
  });
  if (fault === undefined) return false;
  const headers: Record<string, string> =
    fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
  if (fault.body === undefined) exchange.sendStatus(fault.status, 'a fault on command', headers);
  else exchange.sendText(fault.status, fault.body, { 'content-type': 'text/html', ...headers });
  return true;
}

/** True when the target was refused: for the right to read it, or because it is not there or not well. */
function withheld({ rules }: Router, exchange: Exchange, target: Target, verb: Verb, user: User): boolean {
  const { type, namespace, name } = target;
  // As on a real server, a namespace itself is in the namespace of its own name.
  const home = namespace ?? (type.groupResource === 'namespaces' ? name : undefined);
  const mayNot = typeof user === 'string' || !user.may({ type, namespace: home, name });
  if (rules.isForbidden(type.groupResource) || mayNot) {
    const who = typeof user === 'string' ? 'system:anonymous' : user.name;
    const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
    const what = `${type.groupResource}${name === undefined ? '' : ` "${name}"`}`;
    exchange.sendStatus(
      403,
      `${what} is forbidden: User "${who}" cannot ${verb} resource "${type.resource}" in API group "${type.group}" ${where}`,
    );
  } else if (rules.isStale(type.group))
    exchange.sendText(503, 'service unavailable\n', { 'content-type': 'text/plain' });
  else if (rules.isMissing(type.groupResource)) exchange.sendText(404, NO_SUCH_PATH, { 'content-type': 'text/plain' });
  else if (verb === 'watch' && !type.verbs.includes(verb))
    exchange.sendStatus(405, `watch is not supported on resources of kind "${type.resource}"`);
  else if (!type.verbs.includes(verb))
    exchange.sendStatus(405, 'the server does not allow this method on the requested resource');
  else return false;
  return true;
}

/** True when the request was answered with a refusal. */
function refuse(router: Router, exchange: Exchange, target: Target | undefined, verb: Verb | undefined): boolean {
  const user = router.rules.unauthorized ? 'refused' : router.userOf(exchange);
  if (user === 'refused') {
    exchange.turnAway();
    return true;
  }
  if (user === 'anonymous' && !PUBLIC.has(exchange.path)) {
    exchange.sendStatus(403, `forbidden: User "system:anonymous" cannot get path "${exchange.path}"`);
    return true;
  }
  if (verb === undefined) {
    exchange.sendStatus(405, `${exchange.method} is not simulated`);
    return true;
  }
  if (faulty(router, exchange, target, verb)) return true;
  return target !== undefined && withheld(router, exchange, target, verb, user);
}

function answerPlain({ gitVersion, discovery, rules }: Router, exchange: Exchange): void {
  if (exchange.path === '/version') {
    exchange.sendJson(200, versionDocument(gitVersion()));
    return;
  }
  if (PUBLIC.has(exchange.path)) {
    exchange.sendText(200, 'ok', { 'content-type': 'text/plain' });
    return;
  }
  const [, group] = /^\/apis\/([^/]+)\//.exec(exchange.path) ?? [];
  if (group !== undefined && rules.isStale(group)) {
    exchange.sendText(503, 'service unavailable\n', { 'content-type': 'text/plain' });
    return;
  }
  const answer = discovery(exchange.path, exchange.accept);
  if (answer === undefined) {
    const [, known] = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)\/./.exec(exchange.path) ?? [];
    // Where the group is there and only the resource is not, it is the group that answers.
    if (known !== undefined && discovery(known, '') !== undefined) exchange.sendStatus(404, NO_SUCH_RESOURCE);
    else exchange.sendText(404, NO_SUCH_PATH, { 'content-type': 'text/plain; charset=utf-8' });
    return;
  }
  const { status, body, type, etag } = answer;
  if (etag !== undefined && exchange.ifNoneMatch === etag) exchange.sendText(304, '', { etag });
  else exchange.sendJson(status, body, { 'content-type': type, ...(etag === undefined ? {} : { etag }) });
}

function answerOne({ store }: Router, exchange: Exchange, { type, version, namespace, name = '' }: Target): void {
  const object = store.get(type.groupResource, namespace === undefined ? { name } : { namespace, name });
  const shape = negotiate(exchange.accept, 'one');
  if (object === undefined) exchange.sendStatus(404, `${type.groupResource} "${name}" not found`);
  else if (shape === undefined) exchange.sendStatus(406, 'only the following media types are accepted');
  else exchange.sendJson(200, representation(type, version, shape).one(object));
}

/** Answers one request; throws nothing. */
export function route(router: Router, exchange: Exchange): void {
  const target = targetOf(router.registry, exchange.path);
  const verb = verbOf(exchange, target);
  router.count(countedVerbOf(exchange, verb), exchange.path);
  if (refuse(router, exchange, target, verb)) return;
  if (target === undefined) answerPlain(router, exchange);
  else if (target.name !== undefined) answerOne(router, exchange, target);
  else {
    const collection = { type: target.type, version: target.version, namespace: target.namespace };
    if (verb === 'watch') router.watch.handle(exchange, collection);
    else router.list(exchange, collection);
  }
}
