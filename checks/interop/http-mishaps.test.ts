import { afterAll, beforeAll, expect } from 'vitest'
import { openPart } from './matrix.ts'
import { errorOf, said } from './meeting.ts'
import { named, scripts } from './scripts.ts'
import { overHttp } from './serving.ts'
import type { Serve, Served } from './serving.ts'
import { officialV1 } from './visitors/official-v1.ts'
import { officialV2 } from './visitors/official-v2.ts'
import { parley } from './visitors/parley.ts'
import { Persona } from './visitors/visitor.ts'
import type { Bring, Visitor } from './visitors/visitor.ts'
import { WireCutter } from './wire-cutter.ts'

const column = openPart(
  24,
  'HTTP: mishaps of a legacy session',
  `Our client on ${named('server')} and ${named('sdk')}; ${named('client')} and ${named('sdk')} on our server.`,
)

type Mishaps = { serve: Serve; bring: Bring; reopens: boolean }

const endure = (name: string, { serve, bring, reopens }: Mishaps): void => {
  column(name, (cell) => {
    const wire = new WireCutter()
    let served: Served | undefined
    let visitor: Visitor | undefined
    const meet = (): Visitor => {
      if (visitor === undefined) throw new Error('The connection failed')
      return visitor
    }
    beforeAll(async () => {
      served = await serve()
      visitor = await bring({ ...served.address, fetch: wire.fetch }, new Persona())
    })
    afterAll(async () => {
      // The official clients want to end a session that is gone, and say so.
      await visitor?.close().catch(() => undefined)
      await served?.close()
    })
    cell('a stream that breaks is resumed', async () => {
      const heard: number[] = []
      const goOn = async (broken: boolean): Promise<void> => {
        if (broken) expect(await wire.cut()).not.toBe('')
        await meet().call('step')
      }
      let going: Promise<void> | undefined
      const onProgress = ({ progress }: { progress: number }): void => {
        heard.push(progress)
        going = goOn(progress === 1)
      }
      expect(said(await meet().call('count', { to: 2, paced: true }, { onProgress }))).toBe('counted to 2')
      await going
      expect(heard).toEqual([1, 2])
    })
    cell('a session that is lost is opened anew', async () => {
      await wire.forget()
      const sum = meet().call('add', { a: 2, b: 40 })
      if (reopens) {
        expect((await sum).structured).toEqual({ sum: 42 })
        return undefined
      }
      const words = 'There is no such session; initialize a new one'
      expect((await errorOf(sum)).message).toContain(words)
      return { words }
    })
  })
}

const ours = { bring: parley(['2025-11-25']), reopens: true }
endure('ours, server', { ...ours, serve: overHttp(scripts.officialHttp) })
endure('ours, sdk', { ...ours, serve: overHttp(scripts.officialV1) })
const theirs = { serve: overHttp(scripts.parleyHttp), reopens: false }
endure('client, ours', { ...theirs, bring: officialV2('legacy', '2025-11-25') })
endure('sdk, ours', { ...theirs, bring: officialV1 })
