import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, it } from 'vitest'
import { databaseFile, endless } from '../../../apps/sqlite/test/engine/drivers.ts'
import { execPath } from '../../../apps/sqlite/test/engine/neighbour.ts'
import { buildExplorer, childrenOf, fieldOf } from '../sqlite.ts'

const script = fileURLToPath(new URL('../sqlite-owner.ts', import.meta.url))

beforeAll(buildExplorer)

const isRunning = (pid: number): boolean => !['Z', 'X', undefined].includes(fieldOf(pid, 'State'))

it.runIf(execPath && process.platform === 'linux')('leaves no process behind when its owner is killed', async () => {
  const args = ['--no-warnings', script, await databaseFile(), endless]
  const owner = spawn(execPath ?? '', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(owner.stdout, 'data')
  await sleep(200)
  const workers = childrenOf(owner.pid ?? 0)
  expect(workers.length).toBeGreaterThan(0)
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  const began = performance.now()
  while (workers.some(isRunning) && performance.now() - began < 5_000) await sleep(20)
  console.log(`${workers.length} processes were gone ${(performance.now() - began).toFixed(0)} ms after their owner`)
  expect(workers.filter(isRunning)).toEqual([])
})
