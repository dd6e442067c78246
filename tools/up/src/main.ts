import { readFileSync } from 'node:fs';
import { checkoutFolder } from '@mooring/engines';
import { provisionEventStore } from '@mooring/event-store';
import { Failure, isFailure, messageOf } from '@mooring/kernel';
import { nextEnd } from './asked.ts';
import {
  demoComponent,
  engineComponents,
  ensureEngines,
  EVENT_STORE_HOST,
  eventStoreHttpUrl,
  eventStoreUrl,
  gatewayUrl,
  natsUrl,
  serviceComponents,
  superuserUrl,
  type Installation,
} from './components.ts';
import { claimDataFolder } from './data-folder.ts';
import { openEventStoreSecrets } from './event-store-secrets.ts';
import { lockFolder } from './folder-lock.ts';
import { openLedger } from './leftovers.ts';
import { openLogs } from './logs.ts';
import { help, readOptions, type Options } from './options.ts';
import { portsFrom, requireFree } from './ports.ts';
import { readInventoryLimits } from './inventory-limits.ts';
import { provisionBus, provisionDatabases } from './provision.ts';
import { untilReady } from './readiness.ts';
import { NATS_SERVICES, openSecrets } from './secrets.ts';
import { startupImportIn } from './startup-import.ts';
import { describeInstallation, followImport } from './startup-report.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';

const say = (message: string): void => console.log(message);

async function startAll(installation: Installation, supervisor: Supervisor, stopped: AbortSignal): Promise<void> {
  const { options, secrets } = installation;
  const startedAt = Number(process.env['MOORING_STARTED_AT'] ?? Date.now());
  await ensureEngines(say);
  // Made first: it says what is wrong with what was given from outside.
  const services = serviceComponents(installation, tellImport(installation, stopped));
  await Promise.all(engineComponents(installation, say).map((component) => supervisor.run(component)));
  await Promise.all([
    provisionBus(natsUrl(installation), secrets, readInventoryLimits(process.env)),
    provisionDatabases(superuserUrl(installation), secrets),
    provisionEventStore({
      connectionString: eventStoreUrl(installation, 'admin'),
      httpUrl: eventStoreHttpUrl(installation),
      accounts: NATS_SERVICES.map((login) => ({ login, password: installation.eventStore.passwordOf(login) })),
    }),
    ...(options.demo ? [supervisor.run(demoComponent(installation))] : []),
  ]);
  await Promise.all(services.map((component) => supervisor.run(component)));
  await untilReady(gatewayUrl(installation), { say, signal: stopped });
  if (!stopped.aborted) say(describeInstallation(installation, Date.now() - startedAt));
}

/** Tells what became of the kubeconfig given at start, once: connections imports it again after each of its deaths. */
function tellImport(installation: Installation, stopped: AbortSignal): (name: string, line: string) => void {
  let told = false;
  return (name, line) => {
    const outcome = name === 'connections' && !told ? startupImportIn(line) : undefined;
    if (outcome === undefined) return;
    told = true;
    if ('importId' in outcome) void followImport(installation, outcome.importId, say, stopped);
    else say(`\n--kubeconfig ${installation.options.kubeconfig ?? ''} ${outcome.refused}\n`);
  };
}

function requireReadable(kubeconfig: string): void {
  try {
    readFileSync(kubeconfig);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : messageOf(cause);
    throw new Failure('invalid', `--kubeconfig ${kubeconfig}: ${why}`, { cause });
  }
}

async function run(options: Options): Promise<void> {
  if (options.kubeconfig !== undefined) requireReadable(options.kubeconfig);
  claimDataFolder(options.dataFolder);
  await using held = new AsyncDisposableStack();
  held.use(lockFolder(options.dataFolder));
  const ledger = await openLedger(options.dataFolder, {
    onLeftover: (name, pid) => say(`${name} (process ${pid}) was left over from a start that was killed; stopping it`),
  });
  held.defer(() => ledger.close());
  const ports = portsFrom(options.port);
  await requireFree(ports, options.demo);
  const logs = held.use(openLogs(options.dataFolder, { onError: say }));
  const stopping = new AbortController();
  const started = new Set<string>();
  const supervisor = createSupervisor({
    say,
    lastWords: (name) => logs.lastWords(name),
    onSpawned: (name, process) => {
      started.add(name);
      ledger.add(name, process.pid);
    },
    onEnded: (_name, process) => ledger.remove(process.pid),
  });
  const asked = nextEnd(() => {
    say('Not waiting any longer: ending at once what still runs.');
    supervisor.kill();
  });
  try {
    const secrets = await openSecrets(options.dataFolder, options.readers);
    const eventStore = await openEventStoreSecrets(options.dataFolder, [EVENT_STORE_HOST]);
    const installation = { options, ports, logs, secrets, eventStore };
    const end = await Promise.race([
      asked,
      supervisor.gaveUp,
      startAll(installation, supervisor, stopping.signal).then(() => Promise.race([asked, supervisor.gaveUp])),
    ]);
    if (end instanceof Failure) throw new Failure(end.code, `${end.message}. The logs are in ${logs.folder}`);
    if ('fault' in end) throw end.fault;
  } finally {
    stopping.abort();
    if (started.size > 0) say('\nStopping …');
    await supervisor.stop();
  }
}

/** What a person can do something about, in a sentence; a mistake of this program with all there is to find it by. */
const explain = (thrown: unknown): string =>
  isFailure(thrown) || !(thrown instanceof Error) || 'code' in thrown ? messageOf(thrown) : (thrown.stack ?? '');

try {
  const options = readOptions(process.argv.slice(2), checkoutFolder(), process.env['INIT_CWD'] ?? process.cwd());
  if (options === 'help') {
    say(help());
  } else {
    await run(options);
    say('Stopped.');
  }
  process.exit(0);
} catch (thrown) {
  console.error(`\n${explain(thrown)}\n`);
  process.exit(1);
}
