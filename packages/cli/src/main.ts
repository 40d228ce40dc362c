#!/usr/bin/env node
import { report } from './failure.ts'
import { runCommandLine } from './program.ts'

// A reader that has seen enough, such as head(1), is no failure.
process.stdout.on('error', () => process.exit())

runCommandLine(process.argv.slice(2)).catch(report)
