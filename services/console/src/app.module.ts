import { Module } from '@nestjs/common';

/** There is nothing to wire: the page is served as files, before Nest's routes. */
@Module({})
export class AppModule {}
