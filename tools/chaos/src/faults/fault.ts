/** What `npm start` keeps running. */
export const ENGINES = ['nats', 'postgres', 'event-store'] as const;
export const SPINE_SERVICES = ['connections', 'discovery', 'notifications'] as const;
const EDGE_SERVICES = ['gateway', 'console'] as const;

export type Engine = (typeof ENGINES)[number];
export type SpineService = (typeof SPINE_SERVICES)[number];
export type Component = Engine | SpineService | (typeof EDGE_SERVICES)[number];

export const COMPONENTS: readonly Component[] = [...ENGINES, ...SPINE_SERVICES, ...EDGE_SERVICES];

/** Something bad that is done to the running system. Times are in milliseconds. */
export type Fault =
  /** SIGKILL; two at the same moment when there are two. */
  | { readonly kind: 'kill' | 'kill-two'; readonly targets: readonly Component[] }
  /** SIGSTOP to the process and its children, SIGCONT later. */
  | { readonly kind: 'pause'; readonly target: Component; readonly ms: number }
  /** An engine stands still, a service that waits for it is killed, then the engine goes on. */
  | { readonly kind: 'strand'; readonly engine: Engine; readonly service: SpineService; readonly ms: number }
  /** SIGKILL to everything, `npm start` included, which is then started again. */
  | { readonly kind: 'kill-all' }
  /** JetStream's files are put back to a copy from the beginning of the round, while all others live on. */
  | { readonly kind: 'power-cut' }
  /** The same with a SIGKILL to everything. */
  | { readonly kind: 'power-cut-all' }
  /** Every connection between a service and an engine is reset, and new ones are refused for a while. */
  | { readonly kind: 'cut'; readonly service: SpineService; readonly engine: Engine; readonly ms: number }
  /** Their connections stay, and nothing goes through for a while. */
  | { readonly kind: 'stall'; readonly service: SpineService; readonly engine: Engine; readonly ms: number };

export type FaultKind = Fault['kind'];

export const FAULT_KINDS: readonly FaultKind[] = [
  'kill',
  'kill-two',
  'pause',
  'strand',
  'kill-all',
  'power-cut',
  'power-cut-all',
  'cut',
  'stall',
];

/** In words, for the report. */
export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
    case 'kill-two':
      return `kill -9 of ${fault.targets.join(' and ')}`;
    case 'pause':
      return `${fault.target} stands still for ${fault.ms} ms`;
    case 'strand':
      return `${fault.engine} stands still for ${fault.ms} ms, and ${fault.service} is killed meanwhile`;
    case 'kill-all':
      return 'kill -9 of everything, and a new start';
    case 'power-cut':
      return 'JetStream loses its last messages, all others live on';
    case 'power-cut-all':
      return 'kill -9 of everything, JetStream loses its last messages, and a new start';
    case 'cut':
      return `${fault.service} is cut off from ${fault.engine} for ${fault.ms} ms`;
    case 'stall':
      return `nothing goes between ${fault.service} and ${fault.engine} for ${fault.ms} ms`;
  }
}
