export { openEventStoreSecrets, type EventStoreSecrets } from './event-store-secrets.ts';
export { handOut, type Files, type Folders, type Places } from './hand-out.ts';
export { INVENTORY_VARIABLES } from './inventory-limits.ts';
export { PROVISION_VARIABLES, readProvisionSettings, type ProvisionSettings } from './provision-settings.ts';
export { openSecrets, type Secrets } from './secrets.ts';
