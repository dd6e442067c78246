import { existsSync } from 'node:fs';
import { checkoutFolder } from '@mooring/engines';
import { Failure, messageOf } from '@mooring/kernel';
import {
  demoComponent,
  engineComponents,
  ensureEngines,
  natsUrl,
  serviceComponents,
  superuserUrl,
  type Installation,
} from './components.ts';
import { claimDataFolder } from './data-folder.ts';
import { openLedger } from './leftovers.ts';
import { openLogs } from './logs.ts';
import { HELP, readOptions, type Options } from './options.ts';
import { portsFrom, requireFree } from './ports.ts';
import { provisionBus, provisionDatabases } from './provision.ts';
import { openSecrets } from './secrets.ts';
import { describeInstallation, followImport } from './startup-report.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';

const say = (message: string): void => console.log(message);

/** Resolves when somebody asks to stop. A second time ends at once what does not stop by itself. */
function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve(signal));
  });
}

async function startAll(installation: Installation, supervisor: Supervisor, stopped: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  await ensureEngines(say);
  await Promise.all(engineComponents(installation).map((component) => supervisor.run(component)));
  const demo = installation.options.demo ? [supervisor.run(demoComponent(installation))] : [];
  await Promise.all([
    provisionBus(natsUrl(installation), installation.secrets),
    provisionDatabases(superuserUrl(installation), installation.secrets),
    ...demo,
  ]);
  const imported = (importId: string): void => void followImport(installation, importId, say, stopped);
  const services = serviceComponents(installation, (name, line) => {
    const importId = name === 'connections' ? importIdIn(line) : undefined;
    if (importId !== undefined) imported(importId);
    else if (name === 'connections' && line.includes('was not imported')) say(`  ${messageIn(line)}`);
  });
  await Promise.all(services.map((component) => supervisor.run(component)));
  await waitUntilReady(installation, stopped);
  say(describeInstallation(installation, performance.now() - startedAt));
}

const importIdIn = (line: string): string | undefined =>
  line.includes('was imported"') ? /"importId":"([0-9a-f-]{36})"/.exec(line)?.[1] : undefined;

const messageIn = (line: string): string => /"msg":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? line;

const READY_TIMEOUT_MS = 60_000;

/** The gateway is ready when everything behind it is. */
async function waitUntilReady({ ports }: Installation, stopped: AbortSignal): Promise<void> {
  const until = Date.now() + READY_TIMEOUT_MS;
  let last = '';
  while (!stopped.aborted && Date.now() < until) {
    try {
      const response = await fetch(`http://127.0.0.1:${ports.gateway}/readyz`, { signal: stopped });
      if (response.ok) return;
      last = await response.text();
    } catch (thrown) {
      last = messageOf(thrown);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  if (!stopped.aborted)
    throw new Failure('timeout', `not everything was ready within ${READY_TIMEOUT_MS / 1000} s: ${last}`);
}

async function run(options: Options): Promise<number> {
  if (options.kubeconfig !== undefined && !existsSync(options.kubeconfig)) {
    throw new Failure('invalid', `--kubeconfig ${options.kubeconfig}: there is no such file`);
  }
  claimDataFolder(options.dataFolder);
  const ledger = await openLedger(options.dataFolder, (name, pid) =>
    say(`${name} (process ${pid}) was left over from a start that was killed; stopping it`),
  );
  const stopping = new AbortController();
  await using logs = openLogs(options.dataFolder);
  const ports = portsFrom(options.port);
  const supervisor = createSupervisor({
    say,
    onStarted: (name, process) => ledger.add(name, process.pid),
    onEnded: (_name, process) => ledger.remove(process.pid),
  });
  const asked = nextSignal();
  try {
    await requireFree(ports);
    const installation = { options, ports, logs, secrets: await openSecrets(options.dataFolder) };
    const end = await Promise.race([
      asked,
      supervisor.gaveUp,
      startAll(installation, supervisor, stopping.signal).then(() => Promise.race([asked, supervisor.gaveUp])),
    ]);
    if (end instanceof Failure) throw end;
    say('\nStopping …');
    return 0;
  } finally {
    stopping.abort();
    await supervisor.stop();
    ledger.close();
  }
}

try {
  const options = readOptions(process.argv.slice(2), checkoutFolder(), process.env['INIT_CWD'] ?? process.cwd());
  if (options === 'help') {
    say(HELP);
  } else {
    process.exitCode = await run(options);
    say('Stopped.');
  }
  process.exit();
} catch (thrown) {
  console.error(`\n${messageOf(thrown)}\n`);
  process.exit(1);
}
