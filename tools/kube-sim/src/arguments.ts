import { parseArgs } from 'node:util';
import { ok, refused, type Result } from '@mooring/kernel';

export interface DemoArguments {
  /** 1 to 100. */
  readonly clusters: number;
  /** Port of the first cluster, the others follow; 0 for any free ones. */
  readonly port: number;
  readonly kubeconfigOut: string | undefined;
  /** Port of the switchboard (`POST /clusters/NAME/stop|start`); `undefined` for none. */
  readonly controlPort: number | undefined;
  /** Between two things that happen in a cluster; 0 for a cluster in which nothing happens. */
  readonly intervalMs: number;
  readonly pods: number;
}

export const USAGE = `Usage: kube-sim [options]
  --clusters N          how many simulated clusters, 1 to 100 (3)
  --port BASE           port of the first one, the others follow (7443; 0: any)
  --kubeconfig-out FILE writes a kubeconfig with a context for each; keys are kept in FILE.keys.json
  --control-port PORT   POST /clusters/NAME/stop and /start take one away and bring it back
  --interval-ms MS      how often something happens in each (4000; 0: never)
  --pods N              pods in each (60)`;

const OPTIONS = {
  clusters: { type: 'string', default: '3' },
  port: { type: 'string', default: '7443' },
  'kubeconfig-out': { type: 'string' },
  'control-port': { type: 'string' },
  'interval-ms': { type: 'string', default: '4000' },
  pods: { type: 'string', default: '60' },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the command line; the refusal is what to print. */
export function parseDemoArguments(args: readonly string[]): Result<DemoArguments, string> {
  let values: ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];
  try {
    ({ values } = parseArgs({ args: [...args], options: OPTIONS }));
  } catch (error) {
    return refused(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
  if (values.help) return refused(USAGE);
  const wrong: string[] = [];
  const whole = (option: string, text: string, min: number, max: number): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) wrong.push(`--${option}: a whole number from ${min} to ${max}, not "${text}"`);
    return value;
  };
  const control = values['control-port'];
  const parsed: DemoArguments = {
    clusters: whole('clusters', values.clusters, 1, 100),
    port: whole('port', values.port, 0, 65_000),
    kubeconfigOut: values['kubeconfig-out'],
    controlPort: control === undefined ? undefined : whole('control-port', control, 0, 65_535),
    intervalMs: whole('interval-ms', values['interval-ms'], 0, 3_600_000),
    pods: whole('pods', values.pods, 0, 20_000),
  };
  return wrong.length === 0 ? ok(parsed) : refused(`${wrong.join('\n')}\n\n${USAGE}`);
}
