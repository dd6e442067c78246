export { gateway } from './service.ts';
export { gatewayConfig, type GatewayConfig } from './config.ts';
