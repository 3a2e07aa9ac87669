import 'reflect-metadata';
import { plainProgress } from './progress.js';
import { serve } from './server.js';

await serve(plainProgress);
