import type { KindName } from './kinds.ts';

export interface RespondFault {
  readonly status: number;
  /** Only requests for this kind; without it, every request. */
  readonly kind?: KindName;
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
  cutStreams(options?: { readonly kind?: KindName; readonly insideLine?: boolean }): void;
  respond(fault: RespondFault): void;
  /** 403 from now on; open watches end, as they do when rights are taken away. */
  forbid(...kinds: KindName[]): void;
  /** 404 from now on; open watches end. */
  missing(...kinds: KindName[]): void;
  /** Every credential is refused with 401; open watches end. */
  unauthorized(): void;
  /** The past is forgotten: open watches get an `ERROR` event with code 410, and resuming does too. */
  gone(): void;
  /** Writes this to open watches of `kind`, as it is; a line feed is not added. */
  writeRaw(kind: KindName, text: string): void;
  /** Every line of a watch is sent twice, and each page of a list repeats its first object. */
  duplicate: boolean;
  /** Lists give the same continue token for ever. */
  endlessPages: boolean;
  /** Whether `sendInitialEvents` is served; else it is answered with 422, as a server without the feature does. */
  streamedLists: boolean;
  /** Bodies trickle in pieces of 64 bytes, this far apart; 0 is off. */
  dripMs: number;
  clear(): void;
}

/** What the request handlers ask. */
export interface FaultRules {
  readonly duplicate: boolean;
  readonly endlessPages: boolean;
  readonly streamedLists: boolean;
  readonly dripMs: number;
  readonly unauthorized: boolean;
  isForbidden(kind: KindName): boolean;
  isMissing(kind: KindName): boolean;
  /** The answer that a fault demands; counts down its `times`. */
  take(request: { kind?: KindName; verb: 'get' | 'list' | 'watch'; laterPage: boolean }): RespondFault | undefined;
}

/** What faults act on: the transport and the open watches. */
export interface FaultTargets {
  setStalled(stalled: boolean): void;
  cutConnections(): void;
  cutStreams(kind: KindName | undefined, insideLine: boolean): void;
  writeRaw(kind: KindName, text: string): void;
  gone(): void;
}

const DEFAULTS = { duplicate: false, endlessPages: false, streamedLists: true, dripMs: 0 };

export function createFaults(targets: FaultTargets): { readonly faults: Faults; readonly rules: FaultRules } {
  const forbidden = new Set<KindName>();
  const missing = new Set<KindName>();
  let unauthorized = false;
  let responses: { fault: RespondFault; left: number }[] = [];

  const faults: Faults = {
    ...DEFAULTS,
    stall: () => targets.setStalled(true),
    unstall: () => targets.setStalled(false),
    cutConnections: () => targets.cutConnections(),
    cutStreams: ({ kind, insideLine = false } = {}) => targets.cutStreams(kind, insideLine),
    respond: (fault) => void responses.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }),
    forbid(...kinds) {
      for (const kind of kinds) {
        forbidden.add(kind);
        targets.cutStreams(kind, false);
      }
    },
    missing(...kinds) {
      for (const kind of kinds) {
        missing.add(kind);
        targets.cutStreams(kind, false);
      }
    },
    unauthorized() {
      unauthorized = true;
      targets.cutStreams(undefined, false);
    },
    gone: () => targets.gone(),
    writeRaw: (kind, text) => targets.writeRaw(kind, text),
    clear() {
      Object.assign(faults, DEFAULTS);
      forbidden.clear();
      missing.clear();
      unauthorized = false;
      responses = [];
      targets.setStalled(false);
    },
  };

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
    get unauthorized() {
      return unauthorized;
    },
    isForbidden: (kind) => forbidden.has(kind),
    isMissing: (kind) => missing.has(kind),
    take({ kind, verb, laterPage }) {
      const found = responses.find(
        ({ fault, left }) =>
          left > 0 &&
          (fault.kind === undefined || fault.kind === kind) &&
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
