import type { ImportView } from '@mooring/contracts';
import { delay } from '@mooring/kernel';
import { EVENT_STORE_HOST, gatewayUrl, natsUrl, type Installation } from './components.ts';

/** What runs where, and the link to open. */
export function describeInstallation(installation: Installation, readyInMs: number): string {
  const { options, ports, secrets, eventStore, logs } = installation;
  const demo: readonly (readonly [string, string])[] = options.demo
    ? [
        [
          'demo',
          `three simulated clusters: harbour-east, harbour-west, dry-dock. Switch one off, and on again with /start:`,
        ],
        ['', `curl -X POST http://127.0.0.1:${ports.demo}/clusters/dry-dock/stop   (disconnected after half a minute)`],
      ]
    : [];
  const rows: readonly (readonly [string, string])[] = [
    ['page and API', `${gatewayUrl(installation)}  (API description: /api/openapi.json)`],
    ['events', `${natsUrl(installation)}  subject events.>`],
    ...Object.keys(secrets.readers).map(
      (name) => ['', `read-only user with durable consumers named "${name}": ${secrets.readerSeedFile(name)}`] as const,
    ),
    ['event store', `esdb://${EVENT_STORE_HOST}:${ports.eventStore}?tls=true&tlsCaFile=${eventStore.caFile}`],
    ['', `user "admin", password in ${eventStore.adminPasswordFile}`],
    ['read models', `PostgreSQL 127.0.0.1:${ports.postgres}`],
    [
      'services',
      `connections ${ports.connections}, discovery ${ports.discovery}, notifications ${ports.notifications}, console ${ports.console}`,
    ],
    ...demo,
    ['data', options.dataFolder],
    ['logs', logs.folder],
  ];
  const table = rows.map(([what, where]) => `  ${what.padEnd(14)}${where}`).join('\n');
  return `\nReady in ${(readyInMs / 1000).toFixed(1)} s.\n\n${table}\n\nOpen  ${gatewayUrl(installation)}/?token=${secrets.token}\n\nCtrl-C stops everything.\n`;
}

const SETTLE_TIMEOUT_MS = 120_000;

/** Tells the outcome of each context of an import as it comes, until all are known or two minutes have passed. */
export async function followImport(
  installation: Installation,
  importId: string,
  say: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const told = new Set<string>();
  const until = performance.now() + SETTLE_TIMEOUT_MS;
  while (!signal.aborted && performance.now() < until) {
    const view = await readImport(installation, importId, signal);
    for (const context of view?.contexts ?? []) {
      if (context.outcome === 'pending' || told.has(context.context)) continue;
      told.add(context.context);
      say(describeContext(context));
    }
    if (view?.status === 'completed') return;
    await delay(300, signal);
  }
}

function describeContext({ context, outcome, reason }: ImportView['contexts'][number]): string {
  const why = reason === undefined ? '' : `: ${reason.message}`;
  const remedy = reason?.suggestedRemediation === undefined ? '' : ` → ${reason.suggestedRemediation}`;
  return `  ${context}: ${outcome}${why}${remedy}`;
}

async function readImport(
  installation: Installation,
  importId: string,
  signal: AbortSignal,
): Promise<ImportView | undefined> {
  try {
    const response = await fetch(`${gatewayUrl(installation)}/api/imports/${importId}`, {
      headers: { authorization: `Bearer ${installation.secrets.token}` },
      signal,
    });
    return response.ok ? ((await response.json()) as ImportView) : undefined;
  } catch {
    return undefined;
  }
}
