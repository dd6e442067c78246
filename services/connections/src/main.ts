import { run } from '@mooring/service-host';
import { connectionsService } from './service.ts';

await run(connectionsService);
