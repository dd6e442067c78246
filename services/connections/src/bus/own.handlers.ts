import {
  ConnectionDeleted,
  ConnectionDisconnected,
  ConnectionDiscovered,
  ConnectionNotFound,
  ConnectionRegistered,
  ImportRequested,
  type CloudEvent,
  type DataOf,
} from '@mooring/contracts';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { causedBy } from '../process/actor.ts';
import { enterContexts, type EnterContextsDeps } from '../process/enter-contexts.ts';
import { accountForContext, cleanUpAfter } from '../process/follow-up.ts';
import { FOLLOW_UP, SYSTEM_ID } from '../tokens.ts';

/** What follows from this service's own facts. It comes over the bus like everything else, so a crash in between loses nothing. */
@Controller()
export class OwnHandlers {
  constructor(
    @Inject(FOLLOW_UP) private readonly deps: EnterContextsDeps,
    @Inject(SYSTEM_ID) private readonly systemId: string,
  ) {}

  @EventPattern<string>(ImportRequested.type)
  importRequested(@Payload() event: CloudEvent<DataOf<typeof ImportRequested>>): Promise<void> {
    return enterContexts(this.deps, event.data.importId, causedBy(event, this.systemId));
  }

  @EventPattern<string>(ConnectionDiscovered.type)
  discovered(@Payload() event: CloudEvent<DataOf<typeof ConnectionDiscovered>>): Promise<void> {
    return this.account(event);
  }

  @EventPattern<string>(ConnectionRegistered.type)
  registered(@Payload() event: CloudEvent<DataOf<typeof ConnectionRegistered>>): Promise<void> {
    return this.account(event);
  }

  @EventPattern<string>(ConnectionNotFound.type)
  notFound(@Payload() event: CloudEvent<DataOf<typeof ConnectionNotFound>>): Promise<void> {
    return this.account(event);
  }

  @EventPattern<string>(ConnectionDisconnected.type)
  disconnected(@Payload() event: CloudEvent<DataOf<typeof ConnectionDisconnected>>): Promise<void> {
    return this.account(event);
  }

  @EventPattern<string>(ConnectionDeleted.type)
  async deleted(@Payload() event: CloudEvent<DataOf<typeof ConnectionDeleted>>): Promise<void> {
    await this.account(event);
    await cleanUpAfter(this.deps, event.data.connectionId, causedBy(event, this.systemId));
  }

  private account(event: CloudEvent<{ readonly connectionId: string }>): Promise<void> {
    return accountForContext(this.deps, event.data.connectionId, causedBy(event, this.systemId));
  }
}
