import { Module } from '@nestjs/common';

/** The gateway has no controllers: whatever comes is checked in one hook and passed on by one handler. */
@Module({})
export class AppModule {}
