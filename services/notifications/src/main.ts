import { run } from '@mooring/service-host';
import { notificationsService } from './service.ts';

await run(notificationsService);
