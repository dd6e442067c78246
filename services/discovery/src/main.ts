import { run } from '@mooring/service-host';
import { discoveryService } from './service.ts';

await run(discoveryService);
