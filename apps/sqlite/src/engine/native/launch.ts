import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Order, Report, Setting } from '../jobs.ts'
import type { Launch } from '../seat.ts'

// The built file, from the sources too: the Node that runs it need not be one that reads TypeScript.
const script = fileURLToPath(new URL('../../../dist/engine/native/process.js', import.meta.url))

/** How processes with Node's own SQLite are started for a database. */
export const launchNative =
  (setting: Setting, execPath: string = process.execPath): Launch =>
  (said, gone) => {
    const child = fork(script, {
      execPath,
      execArgv: ['--no-warnings', '--max-old-space-size=128'],
      // It may say nothing but reports: stdout is the road of a server on stdio.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: {},
    })
    // Sending to a process that has just ended fails; that it ended is told below.
    const send = (message: Order | Setting): void => {
      child.send(message, () => {})
    }
    const exited = new Promise<void>((resolve) => {
      const leave = (killed: boolean): void => {
        resolve()
        gone(killed ? 'memory' : 'unknown')
      }
      child.once('error', () => leave(false))
      child.once('exit', (_code, signal) => leave(signal === 'SIGKILL'))
    })
    child.on('message', (report: Report) => said(report))
    send(setting)
    return {
      stops: false,
      send,
      interrupt: () => {},
      end: async () => {
        child.kill('SIGKILL')
        await exited
      },
    }
  }
