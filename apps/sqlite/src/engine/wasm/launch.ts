import { Worker as Thread } from 'node:worker_threads'
import type { Report, Setting } from '../jobs.ts'
import type { Launch } from '../seat.ts'

// Threads run JavaScript, so it is the built file, from the sources too.
const script = new URL('../../../dist/engine/wasm/thread.js', import.meta.url)

/** How threads with the WebAssembly build of SQLite are started for a database. */
export const launchWasm =
  (setting: Setting): Launch =>
  (said, gone) => {
    const stop = new SharedArrayBuffer(4)
    const flag = new Int32Array(stop)
    const thread = new Thread(script, {
      workerData: { setting, stop },
      resourceLimits: { maxOldGenerationSizeMb: 128 },
    })
    let isFull = false
    thread.on('message', (report: Report) => said(report))
    thread.on('error', (error) => {
      isFull = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    })
    const exited = new Promise<void>((resolve) => {
      thread.once('exit', () => {
        resolve()
        gone(isFull ? 'memory' : 'unknown')
      })
    })
    return {
      stops: true,
      send: (order) => thread.postMessage(order, []),
      interrupt: (id) => {
        Atomics.store(flag, 0, id)
      },
      end: async () => {
        await thread.terminate()
        await exited
      },
    }
  }
