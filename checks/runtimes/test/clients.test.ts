import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { block } from '../page.ts'
import { folder, hosts, serve } from '../places.ts'
import type { Served } from '../places.ts'
import { expected, tools, versions } from '../expected.ts'

const run = promisify(execFile)
const deno = ['run', '--node-modules-dir=manual']

let served: Served | undefined
beforeAll(async () => {
  // This one is always there.
  served = await serve({ title: 'Node', path: process.execPath, serve: 'node' })
})
afterAll(() => served?.close())

describe.each(hosts)('a client under $title', ({ path = '', serve: kind }) => {
  const print = async (rights: readonly string[], program: string, ...args: string[]): Promise<string> => {
    const before = kind === 'deno' ? [...deno, ...rights] : []
    const { stdout, stderr } = await run(path, [...before, program, ...args], { cwd: folder })
    expect(stderr).toBe('')
    return stdout
  }

  it.skipIf(path === '')('lists, as on the page', async () => {
    const { port } = new URL(served?.url ?? '')
    const program = `client-${kind}.js`
    writeFileSync(join(folder, program), block('client.js', Number(port)))
    expect((await print(['--allow-net'], program)).trim().split('\n')).toEqual(tools)
  })

  it.skipIf(path === '').each(versions)('meets a server over HTTP in %s', async (version) => {
    const told = await print(['--allow-net'], 'visitor.js', version, served?.url ?? '')
    expect(JSON.parse(told)).toEqual(expected(version, 'http'))
  })

  it.skipIf(path === '').each(versions)('starts a server over stdio in %s', async (version) => {
    const told = await print(['--allow-run', '--allow-env'], 'visitor.js', version, process.execPath, 'stdio.js')
    expect(JSON.parse(told)).toEqual(expected(version, 'stdio'))
  })
})
