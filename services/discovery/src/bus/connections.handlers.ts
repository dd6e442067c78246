import {
  ConnectionConnected,
  ConnectionDeleted,
  ConnectionDisconnected,
  ConnectionDiscovered,
  ConnectionEntered,
  ConnectionIgnored,
  ConnectionLinked,
  ConnectionNotFound,
  ConnectionPutInMaintenance,
  ConnectionRegistered,
  CredentialAttached,
  ProbeRequested,
  type CloudEvent,
} from '@mooring/contracts';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { DesiredStore } from '../adapters/desired-store.ts';
import type { ConnectionFact } from '../domain/desired.ts';
import { DESIRED, ON_HEARD } from '../tokens.ts';

/** Everything that carries the whole state of a connection. */
const LIFECYCLE = [
  ConnectionEntered,
  ConnectionDiscovered,
  ConnectionRegistered,
  ConnectionConnected,
  ConnectionIgnored,
  ConnectionPutInMaintenance,
  ConnectionDisconnected,
  ConnectionNotFound,
  ConnectionLinked,
  ConnectionDeleted,
  ProbeRequested,
  CredentialAttached,
].map(({ type }) => type);

/** What happened to a connection says what should be so about its cluster. Nothing else is done here: the reconciler acts. */
@Controller()
export class ConnectionsHandlers {
  constructor(
    @Inject(DESIRED) private readonly desired: DesiredStore,
    @Inject(ON_HEARD) private readonly onHeard: () => void,
  ) {}

  @EventPattern<readonly string[]>(LIFECYCLE)
  async heard(@Payload() event: CloudEvent<ConnectionFact>): Promise<void> {
    await this.desired.record(event);
    this.onHeard();
  }
}
