import type { FaultRules } from './fault-rules.ts';
import type { KubeObject } from './store.ts';
import type { TypeName } from './types.ts';

export interface RespondFault {
  readonly status: number;
  /** Only requests for this type; without it, every request. */
  readonly kind?: TypeName;
  /** Only requests for this path, without its query. */
  readonly path?: string;
  readonly verb?: 'get' | 'list' | 'watch';
  /** Sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** How many requests are answered so; without it, until cleared. */
  readonly times?: number;
  /** In place of a Status document, e.g. a proxy's HTML page. */
  readonly body?: string;
  /** Only pages after the first one. */
  readonly laterPages?: boolean;
}

/** What goes wrong on command. All of it ends with `clear`. */
export interface Faults {
  /** Connections, old and new, stay open and say nothing more. */
  stall(): void;
  unstall(): void;
  /** Ends every TCP connection at once, without a goodbye. */
  cutConnections(): void;
  /** Ends open watches of `kind` (or all), with `insideLine` after the first half of a line. */
  cutStreams(options?: { readonly kind?: TypeName; readonly insideLine?: boolean }): void;
  respond(fault: RespondFault): void;
  /** 403 from now on; open watches end, as they do when rights are taken away. */
  forbid(...kinds: TypeName[]): void;
  /** 404 from now on; open watches end. */
  missing(...kinds: TypeName[]): void;
  /** Every credential is refused with 401; open watches end. */
  unauthorized(): void;
  /** The past is forgotten: open watches get an `ERROR` event with code 410, and resuming does too. */
  gone(): void;
  /** Writes this to open watches of `kind`, as it is; a line feed is not added. */
  writeRaw(kind: TypeName, text: string): void;
  /**
   * Watches of these types stay open and say nothing, neither bookmarks nor their end, while all others go on: a stall of one stream; with `release`,
   * which delivers what was held back, a reordering across types.
   */
  hold(...kinds: TypeName[]): void;
  release(...kinds: TypeName[]): void;
  /** From now on each of its watches and lists has an object that never ends. */
  endlessObject(kind: TypeName): void;
  /** The group answers 503 and is `Stale` in discovery, as an aggregated API is whose server is away. */
  staleGroup(group: string): void;
  /** Objects of the type are answered as this makes them: without metadata, of a wrong kind, with anything in any place. */
  mangle(kind: TypeName, change: (object: KubeObject) => object): void;
  /** Every line of a watch is sent twice, and each page of a list repeats its first object. */
  duplicate: boolean;
  /** Lists never end: they give the same continue token for ever, or a fresh one for the same page. */
  endlessPages: boolean | 'fresh-tokens';
  /** Whether `sendInitialEvents` is served; else it is answered with 422, as a server without the feature does. */
  streamedLists: boolean;
  /** Bodies trickle in pieces of 64 bytes, this far apart; 0 is off. */
  dripMs: number;
  /** What the server's clock is ahead (or, negative, behind): its `Date`, and the times of what is made. */
  clockSkewMs: number;
  /** What lists, bookmarks and objects say their version is: always the same, a falling one, or a word. */
  lyingVersions: 'no' | 'constant' | 'falling' | 'words';
  clear(): void;
}

/** What faults act on: the transport and the open watches. Types are named by group resource. */
export interface FaultTargets {
  groupResource(kind: TypeName): string;
  /** The server behind this group is away. */
  isAway(group: string): boolean;
  setStalled(stalled: boolean): void;
  cutConnections(): void;
  cutStreams(groupResource: string | undefined, insideLine: boolean): void;
  writeRaw(groupResource: string, text: string): void;
  writeEndless(groupResource: string): void;
  release(groupResource: string): void;
  gone(): void;
}

const DEFAULTS = {
  duplicate: false,
  endlessPages: false,
  streamedLists: true,
  dripMs: 0,
  clockSkewMs: 0,
  lyingVersions: 'no',
} as const satisfies Partial<Faults>;

const LIES = {
  no: String,
  constant: () => '1',
  falling: (version: number) => String(2 ** 40 - version),
  words: (version: number) => `version-${version}`,
} as const satisfies Record<Faults['lyingVersions'], (version: number) => string>;

export function createFaults(targets: FaultTargets): { readonly faults: Faults; readonly rules: FaultRules } {
  const forbidden = new Set<string>();
  const missing = new Set<string>();
  const held = new Set<string>();
  const endless = new Set<string>();
  const stale = new Set<string>();
  const mangled = new Map<string, (object: KubeObject) => object>();
  let unauthorized = false;
  let responses: { fault: RespondFault; groupResource: string | undefined; left: number }[] = [];
  const named = (kind: TypeName): string => targets.groupResource(kind);
  const refuse = (refusals: Set<string>, kinds: readonly TypeName[]): void => {
    for (const groupResource of kinds.map(named)) {
      refusals.add(groupResource);
      targets.cutStreams(groupResource, false);
    }
  };
  const release = (groupResources: readonly string[]): void => {
    for (const groupResource of groupResources) {
      held.delete(groupResource);
      targets.release(groupResource);
    }
  };

  const faults: Faults = {
    ...DEFAULTS,
    stall: () => targets.setStalled(true),
    unstall: () => targets.setStalled(false),
    cutConnections: () => targets.cutConnections(),
    cutStreams: ({ kind, insideLine = false } = {}) =>
      targets.cutStreams(kind === undefined ? undefined : named(kind), insideLine),
    respond(fault) {
      const groupResource = fault.kind === undefined ? undefined : named(fault.kind);
      responses.push({ fault, groupResource, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    forbid: (...kinds) => refuse(forbidden, kinds),
    missing: (...kinds) => refuse(missing, kinds),
    unauthorized() {
      unauthorized = true;
      targets.cutStreams(undefined, false);
    },
    gone: () => targets.gone(),
    writeRaw: (kind, text) => targets.writeRaw(named(kind), text),
    hold: (...kinds) => kinds.forEach((kind) => held.add(named(kind))),
    release: (...kinds) => release(kinds.length === 0 ? [...held] : kinds.map(named)),
    endlessObject(kind) {
      endless.add(named(kind));
      targets.writeEndless(named(kind));
    },
    staleGroup: (group) => void stale.add(group),
    mangle: (kind, change) => void mangled.set(named(kind), change),
    clear() {
      Object.assign(faults, DEFAULTS);
      forbidden.clear();
      missing.clear();
      stale.clear();
      mangled.clear();
      release([...held]);
      // What was begun can only be ended by an end of the stream.
      for (const groupResource of endless) targets.cutStreams(groupResource, false);
      endless.clear();
      unauthorized = false;
      responses = [];
      targets.setStalled(false);
    },
  };

  const versionSaid = (version: number): string => LIES[faults.lyingVersions](version);
  const rules: FaultRules = {
    get duplicate() {
      return faults.duplicate;
    },
    get endlessPages() {
      return faults.endlessPages;
    },
    get streamedLists() {
      return faults.streamedLists;
    },
    get dripMs() {
      return faults.dripMs;
    },
    get clockSkewMs() {
      return faults.clockSkewMs;
    },
    get unauthorized() {
      return unauthorized;
    },
    isForbidden: (groupResource) => forbidden.has(groupResource),
    isMissing: (groupResource) => missing.has(groupResource),
    isHeld: (groupResource) => held.has(groupResource),
    isEndless: (groupResource) => endless.has(groupResource),
    isStale: (group) => stale.has(group) || targets.isAway(group),
    said({ groupResource }, object) {
      const resourceVersion = versionSaid(Number(object.metadata.resourceVersion));
      const honest = faults.lyingVersions === 'no';
      const said = honest ? object : { ...object, metadata: { ...object.metadata, resourceVersion } };
      return (mangled.get(groupResource)?.(said) ?? said) as KubeObject;
    },
    versionSaid,
    take({ path, groupResource, verb, laterPage }) {
      const found = responses.find(
        ({ fault, groupResource: wanted, left }) =>
          left > 0 &&
          (wanted === undefined || wanted === groupResource) &&
          (fault.path === undefined || fault.path === path) &&
          (fault.verb === undefined || fault.verb === verb) &&
          (fault.laterPages !== true || laterPage),
      );
      if (found === undefined) return undefined;
      found.left -= 1;
      return found.fault;
    },
  };
  return { faults, rules };
}
