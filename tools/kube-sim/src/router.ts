import { discoveryDocument } from './discovery.ts';
import type { Exchange } from './exchange.ts';
import type { FaultRules } from './faults.ts';
import { SIMULATED_KINDS, basePathOf, type SimulatedKind } from './kinds.ts';
import type { ListHandler } from './list.ts';
import type { ObjectStore } from './store.ts';
import type { WatchHandler } from './watch.ts';

export type User = 'known' | 'anonymous' | 'refused';

interface Target {
  readonly kind: SimulatedKind;
  readonly namespace?: string;
  readonly name?: string;
}

/** Reads `/api/v1/pods`, `/api/v1/namespaces/NS/pods` and `/api/v1/namespaces/NS/pods/NAME`; `undefined` for other paths. */
export function targetOf(path: string): Target | undefined {
  for (const kind of SIMULATED_KINDS) {
    const base = `${basePathOf(kind)}/`;
    if (!path.startsWith(base)) continue;
    const parts = path.slice(base.length).split('/').map(decodeURIComponent);
    const [first, second, third, fourth] = parts;
    if (first === kind.plural && parts.length === 1) return { kind };
    if (first === kind.plural && parts.length === 2 && second !== undefined && !kind.namespaced)
      return { kind, name: second };
    if (first !== 'namespaces' || third !== kind.plural || second === undefined || !kind.namespaced) continue;
    if (parts.length === 3) return { kind, namespace: second };
    if (parts.length === 4 && fourth !== undefined) return { kind, namespace: second, name: fourth };
  }
  return undefined;
}

/** What anybody may read, as the role system:public-info-viewer allows on a real server. */
const PUBLIC = new Set(['/version', '/livez', '/readyz', '/healthz']);

export interface Router {
  readonly store: ObjectStore;
  readonly rules: FaultRules;
  readonly list: ListHandler;
  readonly watch: WatchHandler;
  readonly gitVersion: string;
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

function versionDocument(gitVersion: string): object {
  const [major, minor] = gitVersion.replace(/^v/, '').split('.');
  return { major, minor, gitVersion, gitCommit: '', goVersion: 'go1.26', compiler: 'gc', platform: 'linux/amd64' };
}

/** True when the request was answered with a refusal. */
function refuse(router: Router, exchange: Exchange, target: Target | undefined, verb: Verb | undefined): boolean {
  const { rules } = router;
  const user = rules.unauthorized ? 'refused' : router.userOf(exchange);
  const kind = target?.kind.kind;
  if (user === 'refused') {
    exchange.sendStatus(401, 'Unauthorized');
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
  const fault = rules.take({
    verb,
    laterPage: exchange.query.has('continue'),
    ...(kind === undefined ? {} : { kind }),
  });
  if (fault !== undefined) {
    const headers: Record<string, string> =
      fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
    if (fault.body === undefined) exchange.sendStatus(fault.status, 'a fault on command', headers);
    else exchange.sendText(fault.status, fault.body, { 'content-type': 'text/html', ...headers });
    return true;
  }
  if (target === undefined) return false;
  if (rules.isForbidden(target.kind.kind)) {
    const what = `${target.kind.plural}${target.kind.group === '' ? '' : `.${target.kind.group}`}`;
    exchange.sendStatus(403, `${what} is forbidden: User "simulated" cannot ${verb} resource "${target.kind.plural}"`);
    return true;
  }
  if (rules.isMissing(target.kind.kind)) {
    exchange.sendStatus(404, 'the server could not find the requested resource');
    return true;
  }
  return false;
}

function answerPlain({ gitVersion }: Router, exchange: Exchange): void {
  if (exchange.path === '/version') {
    exchange.sendJson(200, versionDocument(gitVersion));
    return;
  }
  if (PUBLIC.has(exchange.path)) {
    exchange.sendText(200, 'ok', { 'content-type': 'text/plain' });
    return;
  }
  const document = discoveryDocument(exchange.path, exchange.accept);
  if (document === undefined) exchange.sendStatus(404, 'the server could not find the requested resource');
  else exchange.sendJson(200, document.body, { 'content-type': document.type });
}

/** Answers one request; throws nothing. */
export function route(router: Router, exchange: Exchange): void {
  const target = targetOf(exchange.path);
  const verb = verbOf(exchange, target);
  router.count(verb ?? exchange.method.toLowerCase(), exchange.path);
  if (refuse(router, exchange, target, verb)) return;
  if (target === undefined) {
    answerPlain(router, exchange);
    return;
  }
  const { kind, namespace, name } = target;
  if (name !== undefined) {
    const object = router.store.get(kind.kind, namespace === undefined ? { name } : { namespace, name });
    if (object === undefined) exchange.sendStatus(404, `${kind.plural} "${name}" not found`);
    else exchange.sendJson(200, object);
  } else if (verb === 'watch') router.watch.handle(exchange, kind.kind, namespace);
  else router.list(exchange, kind.kind, namespace);
}
