import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { connect } from '@parley/client'
import { revisions } from '@parley/protocol'
import { stdio } from '@parley/transports/stdio/client'
import { describe, expect, it } from 'vitest'
import { startFlooded } from '../flooder.ts'
import type { Flooded, Line } from '../flooder.ts'
import { heap } from '../traces.ts'

const flood = 100_000
const block = 1000
// A bare Node process with the server in it uses some 60 MiB.
const mostResident = 200
const main = fileURLToPath(new URL('../dist/marked-main.js', import.meta.url))

const legacy = revisions.find(({ era }) => era === 'legacy')?.version ?? ''
const hello = [
  {
    jsonrpc: '2.0',
    id: 'hello',
    method: 'initialize',
    params: { protocolVersion: legacy, capabilities: {}, clientInfo: { name: 'flood', version: '1' } },
  },
  { jsonrpc: '2.0', method: 'notifications/initialized' },
]
const canary = (id: string): string =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'memory' } })}\n`

const started = async (): Promise<Flooded> => {
  const server = startFlooded()
  const answered = server.answer('hello')
  await server.write(hello.map((message) => `${JSON.stringify(message)}\n`).join(''))
  await answered
  return server
}

const mebibytes = (line: Line): number => Math.round(Number(line.result?.content?.[0]?.text ?? 'NaN') / 1024)

const kinds: [what: string, line: (count: number) => string, answer: string | undefined][] = [
  [
    'notifications nobody knows',
    () => '{"jsonrpc":"2.0","method":"notifications/unheard","params":{"x":1}}',
    undefined,
  ],
  [
    'cancellations of nothing',
    (count) => `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${count}}}`,
    undefined,
  ],
  ['answers to nothing', (count) => `{"jsonrpc":"2.0","id":${count},"result":{}}`, undefined],
  ['pings', (count) => `{"jsonrpc":"2.0","id":${count},"method":"ping"}`, 'result'],
  ['unknown methods', (count) => `{"jsonrpc":"2.0","id":${count},"method":"nonsense/${count}"}`, '-32601'],
  ['lines of garbage', (count) => `{"garbage ${count}`, '-32700'],
]

describe('a server in a flood', () => {
  it.each(kinds)(`takes ${flood} %s, and answers a call`, async (what, line, answer) => {
    const server = await started()
    const begun = performance.now()
    const before = server.counts.get(answer ?? '') ?? 0
    for (let first = 0; first < flood; first += block) {
      await server.write(Array.from({ length: block }, (_, at) => `${line(first + at)}\n`).join(''))
    }
    const answered = server.answer('canary')
    await server.write(canary('canary'))
    const after = mebibytes(await answered)
    const seconds = (performance.now() - begun) / 1000
    if (answer !== undefined) {
      // The canary's own answer is a result too.
      const own = answer === 'result' ? 1 : 0
      expect((server.counts.get(answer) ?? 0) - before - own).toBe(flood)
    }
    console.log(`${flood} ${what}: ${seconds.toFixed(1)} s, ${after} MiB after, ${server.peak()} MiB at most`)
    expect(Math.max(after, server.peak())).toBeLessThan(mostResident)
    expect(await server.close()).toBe(0)
  })

  it(`answers ${flood} pings whoever sent them without reading meanwhile`, async () => {
    const server = await started()
    server.pause()
    const begun = performance.now()
    for (let first = 0; first < flood; first += block) {
      await server.write(
        Array.from({ length: block }, (_, at) => `{"jsonrpc":"2.0","id":${first + at},"method":"ping"}\n`).join(''),
      )
    }
    const answered = server.answer('canary')
    await server.write(canary('canary'))
    server.resume()
    const after = mebibytes(await answered)
    console.log(
      `${flood} pings unread: ${((performance.now() - begun) / 1000).toFixed(1)} s, ${after} MiB after, ${server.peak()} MiB at most`,
    )
    expect(Math.max(after, server.peak())).toBeLessThan(mostResident)
    expect(await server.close()).toBe(0)
  })

  it('reads no more from a client that does not read, and all that it has read is answered', async () => {
    const server = await started()
    server.pause()
    const name = 'x'.repeat(100)
    const line = (id: number): string =>
      `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"${name}"}}\n`
    let sent = 0
    for (let taken = true; taken && sent < 10 * flood; sent += block) {
      const lines = Array.from({ length: block }, (_, at) => line(sent + at)).join('')
      taken = await Promise.race([server.write(lines).then(() => true), sleep(2000, false)])
    }
    const peak = server.peak()
    server.resume()
    const answered = server.answer('canary')
    await server.write(canary('canary'))
    await answered
    console.log(`calls from a client that does not read: ${sent} taken before it had to wait, ${peak} MiB at most`)
    expect(sent).toBeLessThan(10 * flood)
    expect(peak).toBeLessThan(mostResident)
    expect(server.counts.get('-32602')).toBe(sent)
    expect(await server.close()).toBe(0)
  })
})

describe.each(revisions.filter(({ version }) => version >= legacy).map(({ version }) => version))(
  'a client of %s',
  (version) => {
    it.each(['progress', 'lines'] as const)(
      `hears a flood of ${flood} %s, and has its other calls answered`,
      async (tool) => {
        let lines = 0
        let last = 0
        let heard = 0
        const link = stdio(process.execPath, [main])
        const client = await connect(link, {
          name: 'flooded',
          version: '1.0.0',
          versions: [version],
          logLevel: 'info',
          onLog: () => (lines += 1),
        })
        const before = await heap()
        const begun = performance.now()
        const flooding = client.callTool(
          tool,
          { count: flood },
          {
            onProgress: ({ progress }) => {
              heard += 1
              last = progress
            },
          },
        )
        const said = client.callTool('say')
        expect((await said).content).toEqual([{ type: 'text', text: 'said' }])
        const canaried = performance.now() - begun
        expect((await flooding).content).toEqual([{ type: 'text', text: 'done' }])
        const seconds = (performance.now() - begun) / 1000
        const { content } = await client.callTool('memory')
        const server = Math.round(Number(content[0]?.type === 'text' ? content[0].text : 'NaN') / 1024)
        const growth = ((await heap()) - before) / 1024
        console.log(
          `${version}, ${flood} ${tool} not awaited: ${seconds.toFixed(1)} s, ${heard} progress and ${lines} lines heard, ` +
            `canary after ${canaried.toFixed(0)} ms, server ${server} MiB, client's heap ${growth.toFixed(0)} KiB more`,
        )
        if (tool === 'progress') expect(last).toBe(flood)
        else expect(lines).toBe(flood)
        expect(server).toBeLessThan(mostResident)
        expect(growth).toBeLessThan(2048)
        await client.close()
      },
    )
  },
)
