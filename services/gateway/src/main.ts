import { run } from '@mooring/service-host';
import { gateway } from './service.ts';

await run(gateway);
