#!/usr/bin/env node
// Not compiled, so that npm can link the command before the first build.
import { run } from '../dist/run.js';

await run(process.argv.slice(2));
