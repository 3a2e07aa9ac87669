import { Module } from '@nestjs/common';
import { DashboardController } from './dashboard.controller.js';
import { DashboardFiles } from './dashboard-files.js';

/** Serves the dashboard that `npm run build` has made of `dashboard/`. */
@Module({ controllers: [DashboardController], providers: [DashboardFiles] })
export class DashboardModule {}
