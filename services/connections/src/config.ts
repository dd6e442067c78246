import { durationMs, list, path, secret, spineConfigSpec } from '@mooring/service-host';
import { ALLOWANCES } from './kubeconfig/access.ts';

/** The environment of this service; read once, at start. */
export const configSpec = {
  ...spineConfigSpec('CONNECTIONS'),
  credentialKey: secret({
    env: 'CONNECTIONS_CREDENTIAL_KEY',
    minBytes: 44,
    description:
      'Master key of stored credentials: 32 random bytes in base64. Lost, every credential has to be imported again.',
  }),
  discoveryPublicKey: path({
    env: 'CONNECTIONS_DISCOVERY_PUBLIC_KEY_FILE',
    description: "Discovery's public key (JWK, EC P-256), to which credentials are sealed.",
  }),
  startupKubeconfig: path({
    env: 'CONNECTIONS_STARTUP_KUBECONFIG',
    optional: true,
    description: 'A kubeconfig to import at start. An unchanged one is imported once.',
  }),
  startupAllow: list({
    env: 'CONNECTIONS_STARTUP_ALLOW',
    default: [],
    description: `What the kubeconfig given at start may do, of: ${ALLOWANCES.join(', ')}. An uploaded one never may.`,
  }),
  reconcileEveryMs: durationMs({
    env: 'CONNECTIONS_RECONCILE_EVERY',
    minMs: 100,
    maxMs: 86_400_000,
    default: 60_000,
    description: 'How often credentials at discovery are compared with those kept here.',
  }),
  orphanAfterMs: durationMs({
    env: 'CONNECTIONS_ORPHAN_AFTER',
    minMs: 1_000,
    maxMs: 604_800_000,
    default: 3_600_000,
    description: 'A credential that no connection names for so long is erased.',
  }),
};
