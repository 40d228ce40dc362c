import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { hasTerminals, keys, onTerminal } from './cli-terminal.ts'

// Real processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

const bank = `import { Server } from '@parley/server'
const server = new Server({ name: 'bank', version: '1.0.0' })
const who = { type: 'object', properties: { who: { type: 'string', title: 'Whom?' }, sure: { type: 'boolean' } }, required: ['who', 'sure'] }
server.tool('ask', {}, async (_, ctx) => {
  const answer = await ctx.elicit({ message: 'A \\u001b[31mtransfer', schema: who })
  return JSON.stringify(answer)
})
server.tool('think', {}, async (_, ctx) => {
  const { content } = await ctx.sample({ messages: [{ role: 'user', content: { type: 'text', text: 'Why?' } }], maxTokens: 9 })
  return JSON.stringify(content)
})
server.tool('wait', {}, (_, ctx) => new Promise((resolve, reject) => {
  void ctx.progress(1, 2, 'half way')
  ctx.signal.addEventListener('abort', () => { process.stderr.write('the server heard of it\\n'); reject(ctx.signal.reason) })
}))
export default server
`

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-terminal-'))
  mkdirSync(join(folder, 'home', '.cursor'), { recursive: true })
  writeFileSync(join(folder, 'bank.mjs'), bank)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const title = hasTerminals
  ? 'at a terminal'
  : 'at a terminal: SKIPPED, for want of script (Debian: apt-get install bsdutils)'

describe.skipIf(!hasTerminals)(title, () => {
  it.each(['legacy', 'modern'])('a question is asked and answered, %s', async (era) => {
    const terminal = onTerminal(['call', 'bank.mjs', 'ask', '--era', era], folder)
    await terminal.shows(/transfer[^]*Answer/)
    terminal.type(keys.enter)
    await terminal.shows(/Whom\?/)
    terminal.type('Ada')
    terminal.type(keys.enter)
    await terminal.shows(/sure[^]*No/)
    terminal.type(`y`)
    const { code, screen } = await terminal.ended
    expect({ code, screen }).toMatchObject({ code: 0 })
    expect(screen).toContain('{"action":"accept","content":{"who":"Ada","sure":true}}')
    // What a server says moves no cursor and sets no colour.
    expect(screen).toContain(String.raw`A \x1b[31mtransfer`)
  })

  it('a model is asked, and whoever sits there answers', async () => {
    const terminal = onTerminal(['call', 'bank.mjs', 'think'], folder)
    await terminal.shows(/user: Why\?[^]*Decline/)
    terminal.type(keys.enter)
    await terminal.shows(/assistant/)
    terminal.type(`Because.${keys.enter}`)
    const { code, screen } = await terminal.ended
    expect({ code, screen }).toMatchObject({ code: 0, screen: expect.stringContaining('"text":"Because."') })
  })

  it.each(['legacy', 'modern'])('a model is asked, and whoever sits there declines, %s', async (era) => {
    const terminal = onTerminal(['call', 'bank.mjs', 'think', '--era', era], folder)
    await terminal.shows(/Decline/)
    terminal.type('n')
    const { code, screen } = await terminal.ended
    expect({ code, screen }).toMatchObject({ code: 4, screen: expect.stringContaining('user refused') })
  })

  it('a long call shows how far it has come, and Ctrl-C cancels it, of which the server hears', async () => {
    const terminal = onTerminal(['call', 'bank.mjs', 'wait'], folder)
    await terminal.shows(/█{12}░{12} 50 % half way/)
    terminal.type(keys.interrupt)
    const { code, screen } = await terminal.ended
    expect(code).toBe(130)
    expect(screen).toContain('Cancelled.')
  })

  it('Ctrl-C at a question cancels the call', async () => {
    const terminal = onTerminal(['call', 'bank.mjs', 'ask'], folder)
    await terminal.shows(/transfer[^]*Answer/)
    terminal.type(keys.interrupt)
    expect((await terminal.ended).code).toBe(130)
  })

  it('hosts are picked, and Ctrl-C changes nothing', async () => {
    const terminal = onTerminal(['install', 'bank.mjs'], folder)
    await terminal.shows(/Which hosts\?[^]*Goose/)
    terminal.type(keys.interrupt)
    expect(await terminal.ended).toMatchObject({ code: 130, screen: expect.stringContaining('Nothing was changed.') })
    expect(existsSync(join(folder, 'home', '.cursor', 'mcp.json'))).toBe(false)
  })

  it('hosts are picked, and written', async () => {
    const terminal = onTerminal(['install', 'bank.mjs'], folder)
    await terminal.shows(/Which hosts\?[^]*Goose/)
    // The one that is found here is chosen already.
    terminal.type(keys.enter)
    expect(await terminal.ended).toMatchObject({ code: 0, screen: expect.stringContaining('offers 3 tools') })
    expect(existsSync(join(folder, 'home', '.cursor', 'mcp.json'))).toBe(true)
  })
})
