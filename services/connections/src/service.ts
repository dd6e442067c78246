import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Failure, messageOf } from '@mooring/kernel';
import { createCredentialChannel } from '@mooring/messaging';
import { defineService, openSpine } from '@mooring/service-host';
import type { JWK } from 'jose';
import { migrations } from './adapters/migrations.ts';
import { createSealing } from './adapters/sealing.ts';
import type { ConnectionsDatabase } from './adapters/tables.ts';
import { createVault } from './adapters/vault.ts';
import { viewProjection } from './adapters/view.projection.ts';
import { createConnectionQueries } from './adapters/view.queries.ts';
import { AppModule } from './app.module.ts';
import { configSpec } from './config.ts';
import { acceptKubeconfigs } from './http/kubeconfig-body.ts';
import { createReadPosition } from './http/read-position.ts';
import { createClaims } from './process/claims.ts';
import { createCredentialDelivery } from './process/credentials.ts';
import { isNeeded } from './process/needed.ts';
import { createOutcomes } from './process/outcomes.ts';
import { reconcileForEver } from './process/reconcile.ts';
import { importAtStart, readAllowances } from './process/startup-import.ts';
import { PUBLISHED_PREFIXES, toCloudEvent } from './publications.ts';

function readPublicKey(file: string): JWK {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JWK;
  } catch (cause) {
    throw new Failure('invalid', `CONNECTIONS_DISCOVERY_PUBLIC_KEY_FILE: ${file} is no readable JWK`, { cause });
  }
}

/** The composition root: opens what the service stands on and wires it by hand. */
export const connectionsService = defineService({
  name: 'connections',
  version: '0.1.0',
  config: configSpec,
  async wire(context) {
    const { config, log, stopping } = context;
    const master = Buffer.from(config.credentialKey.reveal(), 'base64');
    const sealing = await createSealing({ master, discovery: readPublicKey(config.discoveryPublicKey) });
    const allowed = readAllowances(config.startupAllow);
    const spine = openSpine<ConnectionsDatabase>({ service: 'connections', context, config, migrations });
    const { db, store, bus, progress } = spine;

    const vault = createVault(db, sealing);
    const claims = createClaims(store);
    const queries = createConnectionQueries(db, progress);
    const credentials = createCredentialDelivery({
      vault,
      sealing,
      channel: createCredentialChannel(bus),
      inUse: () => queries.credentialsInUse(),
      isNeeded: (kept) => isNeeded(store, kept),
      orphanAfterMs: config.orphanAfterMs,
      onOrphan: (credentialId, error) =>
        log.warn({ credentialId, error }, 'a credential that no connection names was erased'),
      onUnreadable: (credentialId, error) =>
        log.error({ credentialId }, `${error}; import the kubeconfig of its connection again`),
    });
    const imports = { store, vault, sealing };

    spine.startProjection(viewProjection);
    spine.startRelay({ producer: 'connections', prefixes: PUBLISHED_PREFIXES, toCloudEvent });

    return {
      module: AppModule.of({
        store,
        queries,
        imports,
        observe: { store, claims, vault },
        followUp: { store, claims, credentials, outcomes: createOutcomes(store) },
        position: createReadPosition(store, progress),
        systemId: config.systemId,
      }),
      strategies: [spine.strategy],
      readiness: spine.readiness,
      serving: spine.serving,
      resources: spine.resources,
      configureHttp: acceptKubeconfigs,
      start() {
        spine.startUnderLease('reconciler', (signal) =>
          reconcileForEver(credentials, {
            everyMs: config.reconcileEveryMs,
            signal,
            onReconnect: (listener) => bus.onReconnect(listener),
            onFailure: (message) => log.warn(`comparing credentials failed, the next round tries again: ${message}`),
          }),
        );
        const file = config.startupKubeconfig;
        if (file === undefined) return;
        const folder = dirname(resolve(file));
        importAtStart(imports, {
          text: readFileSync(file, 'utf8'),
          allowed,
          readFile: (path) => readFileSync(resolve(folder, path), 'utf8'),
          systemId: config.systemId,
          signal: stopping,
        }).then(
          (importId) => log.info({ importId, file }, 'the kubeconfig given at start was imported'),
          (thrown: unknown) =>
            log.error({ err: thrown, file }, `the kubeconfig given at start was not imported: ${messageOf(thrown)}`),
        );
      },
    };
  },
});
