import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { Failure, messageOf } from '@mooring/kernel';

/** What somebody asks for at start. */
export interface Options {
  readonly dataFolder: string;
  /** The first of the ports used, which is the gateway's. */
  readonly port: number;
  readonly kubeconfig: string | undefined;
  readonly allow: readonly ('exec' | 'files' | 'http')[];
  readonly demo: boolean;
  readonly otlpEndpoint: string | undefined;
}

/** How many ports in a row are used, from the first one. */
export const PORTS = 10;

export const HELP = `Mooring: knows every Kubernetes cluster by the events that happened to it.

  npm start                             start everything; state stays in ./.mooring
  npm start -- --demo                   with three simulated clusters
  npm start -- --kubeconfig FILE        and import a kubeconfig

  --kubeconfig FILE   import every context of FILE; an unchanged file is imported once
  --allow-exec        let it run the programs it names to get credentials
  --allow-files       let it read the files it names
  --allow-http        let it use http:// addresses
  --demo              start simulated clusters and import them
  --data DIR          where all state lives (default: .mooring in the checkout)
  --port N            first of ${PORTS} ports in a row (default: 9081, the gateway's)
  --otlp URL          send traces to an OpenTelemetry collector (OTLP over HTTP)
  --help              this text
`;

export const DEFAULT_PORT = 9081;
const PORT_MAX = 65_535 - PORTS;

/** Reads the command line. Gives `help` where that was asked for; throws a Failure `invalid` that names what is wrong. */
export function readOptions(args: readonly string[], checkout: string, cwd: string): Options | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  const port = Number(values.port ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 1 || port > PORT_MAX) {
    throw new Failure('invalid', `--port ${values.port ?? ''} is not a port: allowed is 1 to ${PORT_MAX}`);
  }
  if (values.demo === true && values.kubeconfig !== undefined) {
    throw new Failure(
      'invalid',
      '--demo and --kubeconfig exclude each other: hand the kubeconfig in on the page while the demo runs',
    );
  }
  if (values.otlp !== undefined && !URL.canParse(values.otlp)) {
    throw new Failure('invalid', `--otlp ${values.otlp} is not a URL`);
  }
  const allow = (['exec', 'files', 'http'] as const).filter((what) => values[`allow-${what}`] === true);
  if (allow.length > 0 && values.kubeconfig === undefined) {
    throw new Failure(
      'invalid',
      `--allow-${allow.join(', --allow-')} concerns only the file given with --kubeconfig, and there is none`,
    );
  }
  return {
    port,
    allow,
    dataFolder: values.data === undefined ? resolve(checkout, '.mooring') : resolve(cwd, values.data),
    kubeconfig: values.kubeconfig === undefined ? undefined : resolve(cwd, values.kubeconfig),
    demo: values.demo === true,
    otlpEndpoint: values.otlp,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        kubeconfig: { type: 'string' },
        'allow-exec': { type: 'boolean' },
        'allow-files': { type: 'boolean' },
        'allow-http': { type: 'boolean' },
        demo: { type: 'boolean' },
        data: { type: 'string' },
        port: { type: 'string' },
        otlp: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (thrown) {
    throw new Failure('invalid', `${messageOf(thrown)}\n\n${HELP}`);
  }
}
