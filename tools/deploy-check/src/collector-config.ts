import { parse } from 'yaml';

type Components = Readonly<Record<string, unknown>>;

interface CollectorConfig {
  readonly receivers?: Components;
  readonly processors?: Components;
  readonly exporters?: Components;
  readonly extensions?: Components;
  readonly service?: {
    readonly extensions?: readonly string[];
    readonly pipelines?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  };
}

const KINDS = ['receivers', 'processors', 'exporters'] as const;
const SECTIONS = ['receivers', 'processors', 'exporters', 'extensions', 'service'];

/**
 * What a collector would refuse in its configuration, or never use: unknown sections, a pipeline without a receiver or an exporter, a
 * component that is used and not configured, or configured and not used. What single components take is theirs to say.
 */
export function checkCollectorConfig(text: string): readonly string[] {
  const config = parse(text) as CollectorConfig;
  const pipelines = Object.entries(config.service?.pipelines ?? {});
  const used = (kind: (typeof KINDS)[number]): readonly string[] => pipelines.flatMap(([, each]) => each[kind] ?? []);
  const compare = (kind: string, names: readonly string[], configured: Components = {}): readonly string[] => [
    ...names.filter((name) => !(name in configured)).map((name) => `${kind}: ${name} is used and not configured`),
    ...Object.keys(configured)
      .filter((name) => !names.includes(name))
      .map((name) => `${kind}: ${name} is configured and not used`),
  ];
  return [
    ...Object.keys(config)
      .filter((name) => !SECTIONS.includes(name))
      .map((name) => `${name}: no such section`),
    ...(pipelines.length === 0 ? ['service: it has no pipelines'] : []),
    ...pipelines.flatMap(([name, { receivers = [], exporters = [] }]) => [
      ...(/^(?:traces|metrics|logs)(?:\/\w+)?$/.test(name) ? [] : [`pipeline ${name}: no such signal`]),
      ...(receivers.length === 0 ? [`pipeline ${name}: it has no receiver`] : []),
      ...(exporters.length === 0 ? [`pipeline ${name}: it has no exporter`] : []),
    ]),
    ...KINDS.flatMap((kind) => compare(kind, used(kind), config[kind])),
    ...compare('extensions', config.service?.extensions ?? [], config.extensions),
  ];
}
