import { describe, expect, it } from 'vitest'
import { fromBase64Url, toBase64Url } from '../src/base64.ts'
import { RpcError } from '../src/errors.ts'
import { createSealer, StateTooLarge, type Sealer } from '../src/seal.ts'

const OLD = 'kZ8mQ2vX7nB4cL1sD9fG6hJ3wE5rT0yU'
const NEW = 'pO1iU2yT3rE4wQ5aS6dF7gH8jK9lZ0xC'
const BINDING = { principal: 'alice', method: 'tools/call', name: 'transfer', params: 'digest' }

const refusalOf = async (opened: Promise<string>): Promise<unknown> =>
  opened.then(
    (text) => `opened: ${text}`,
    (error: unknown) => error,
  )

const REFUSED = {
  code: -32602,
  kind: 'invalidParams',
  message: 'requestState was refused',
  data: undefined,
  frozen: true,
}

const outcomeOf = async (opened: Promise<string>): Promise<unknown> => {
  const error = await refusalOf(opened)
  if (!(error instanceof RpcError)) return error
  const { code, kind, message, data } = error
  return { code, kind, message, data, frozen: Object.isFrozen(error) }
}

const parts = (token: string): { head: string; bytes: Uint8Array } => {
  const [version, id, text = ''] = token.split('.')
  return { head: `${version}.${id}.`, bytes: fromBase64Url(text) }
}

describe('a sealer', () => {
  it('M4: gives back what it sealed, and shows nothing of it', async () => {
    const sealer = createSealer({ secrets: [OLD] })
    const token = await sealer.seal('{"step":2,"é":"secret"}', BINDING, 1000)
    expect(token).toMatch(/^v1\.[\w-]{8}\.[\w-]+$/)
    expect(Buffer.from(parts(token).bytes).toString('latin1')).not.toContain('secret')
    expect(await sealer.open(token, { ...BINDING })).toBe('{"step":2,"é":"secret"}')
    expect(await sealer.open(await sealer.seal(new TextEncoder().encode('é'), {}, 1000), {})).toBe('é')
    expect(await sealer.open(await sealer.seal('', {}, 1000), {})).toBe('')
  })

  it('never makes the same token twice', async () => {
    const sealer = createSealer({ secrets: [OLD] })
    expect(await sealer.seal('x', BINDING, 1000)).not.toBe(await sealer.seal('x', BINDING, 1000))
  })

  it('binds whatever the order of the members', async () => {
    const sealer = createSealer()
    const token = await sealer.seal('x', { a: 1, b: 2 }, 1000)
    expect(await sealer.open(token, { b: 2, a: 1 })).toBe('x')
  })

  it('M4: refuses every token with one bit changed', async () => {
    const sealer = createSealer({ secrets: [OLD] })
    const token = await sealer.seal('a payload', BINDING, 60_000)
    const { head, bytes } = parts(token)
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = bytes.slice()
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(await outcomeOf(sealer.open(head + toBase64Url(changed), BINDING))).toEqual(REFUSED)
    }
    for (let index = 0; index < token.length; index += 1) {
      for (const bit of [1, 2, 4, 8, 16, 32]) {
        const changed =
          token.slice(0, index) + String.fromCharCode(token.charCodeAt(index) ^ bit) + token.slice(index + 1)
        expect(await outcomeOf(sealer.open(changed, BINDING))).toEqual(REFUSED)
      }
    }
  })

  it('refuses every truncation and every addition', async () => {
    const sealer = createSealer({ secrets: [OLD] })
    const token = await sealer.seal('a payload', BINDING, 60_000)
    for (let length = 0; length < token.length; length += 1)
      expect(await outcomeOf(sealer.open(token.slice(0, length), BINDING))).toEqual(REFUSED)
    for (const more of ['A', '=', '.', '.A', ' ', '\n'])
      expect(await outcomeOf(sealer.open(token + more, BINDING))).toEqual(REFUSED)
  })

  it('refuses two tokens spliced into one', async () => {
    const sealer = createSealer({ secrets: [OLD] })
    const [one, two] = [
      parts(await sealer.seal('first', BINDING, 1000)),
      parts(await sealer.seal('other', BINDING, 1000)),
    ]
    for (const cut of [16, 28, 36, 68, one.bytes.length - 16]) {
      const spliced = Uint8Array.of(...one.bytes.subarray(0, cut), ...two.bytes.subarray(cut))
      expect(await outcomeOf(sealer.open(one.head + toBase64Url(spliced), BINDING))).toEqual(REFUSED)
    }
  })

  it.each([
    ['principal', { ...BINDING, principal: 'mallory' }],
    ['method', { ...BINDING, method: 'prompts/get' }],
    ['name', { ...BINDING, name: 'other' }],
    ['params', { ...BINDING, params: 'other' }],
    ['nothing', {}],
  ])('M4: refuses a token bound to another %s', async (_, binding) => {
    const sealer = createSealer()
    expect(await outcomeOf(sealer.open(await sealer.seal('x', BINDING, 1000), binding))).toEqual(REFUSED)
  })

  it('refuses a token from the moment it expires', async () => {
    let time = 1_000_000
    const sealer = createSealer({ now: () => time })
    const token = await sealer.seal('x', BINDING, 500)
    time += 499
    expect(await sealer.open(token, BINDING)).toBe('x')
    time += 1
    expect(await outcomeOf(sealer.open(token, BINDING))).toEqual(REFUSED)
  })

  it('keeps audiences and labels apart under one secret', async () => {
    const token = await createSealer({ secrets: [OLD], audience: 'a' }).seal('x', BINDING, 1000)
    expect(await outcomeOf(createSealer({ secrets: [OLD], audience: 'b' }).open(token, BINDING))).toEqual(REFUSED)
    const cursors = createSealer({ secrets: [OLD], audience: 'a', label: 'cursor' })
    expect(await refusalOf(cursors.open(token, BINDING))).toMatchObject({ message: 'cursor was refused' })
    expect(await createSealer({ secrets: [OLD], audience: 'a' }).open(token, BINDING)).toBe('x')
  })
})

describe('rotation', () => {
  const fleet = (...secrets: string[]): Sealer => createSealer({ secrets, audience: 'fleet' })

  it('never refuses a sibling one step ahead or behind', async () => {
    const steps = [fleet(OLD), fleet(OLD, NEW), fleet(NEW, OLD), fleet(NEW)]
    for (const [index, sealer] of steps.entries()) {
      const token = await sealer.seal('x', BINDING, 1000)
      for (const sibling of steps.slice(Math.max(index - 1, 0), index + 2))
        expect(await sibling.open(token, BINDING)).toBe('x')
    }
    expect(await outcomeOf(fleet(NEW).open(await fleet(OLD).seal('x', BINDING, 1000), BINDING))).toEqual(REFUSED)
  })

  it('chooses the key by its id, so that a token under another id fails even with the right key at hand', async () => {
    const both = fleet(NEW, OLD)
    const byNew = await both.seal('x', BINDING, 1000)
    const oldId = parts(await fleet(OLD).seal('x', BINDING, 1000)).head
    expect(await outcomeOf(both.open(oldId + toBase64Url(parts(byNew).bytes), BINDING))).toEqual(REFUSED)
  })

  it('tells of an unknown key, but not of a malformed one', async () => {
    const heard: string[] = []
    const sealer = createSealer({ secrets: [NEW], onUnknownKey: (id) => heard.push(id) })
    const token = await createSealer({ secrets: [OLD] }).seal('x', BINDING, 1000)
    expect(await outcomeOf(sealer.open(token, BINDING))).toEqual(REFUSED)
    expect(await outcomeOf(sealer.open('v1.\u001b[2J.AAAA', BINDING))).toEqual(REFUSED)
    expect(heard).toEqual([token.split('.')[1]])
  })

  it('makes a key per process where none is given', async () => {
    const [one, two] = [createSealer(), createSealer()]
    expect([one.isEphemeral, fleet(OLD).isEphemeral]).toEqual([true, false])
    expect(await outcomeOf(two.open(await one.seal('x', BINDING, 1000), BINDING))).toEqual(REFUSED)
  })
})

describe('limits of a sealer', () => {
  it('seals up to the limit, to the character', async () => {
    const sealer = createSealer({ limit: 300 })
    const lengths: number[] = []
    const sealAll = async (): Promise<never> => {
      for (let length = 0; ; length += 1) lengths.push((await sealer.seal('x'.repeat(length), {}, 1000)).length)
    }
    const refused: unknown = await sealAll().catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(StateTooLarge)
    // Base64 skips lengths: the next one after 300 is 302.
    expect([lengths.at(-1), Reflect.get(Object(refused), 'size')]).toEqual([300, 302])
    expect(refused).toHaveProperty('limit', 300)
    await expect(createSealer().seal('x'.repeat(32_768), {}, 1000)).rejects.toThrow(/keep the rest on the server/)
  })

  it('refuses a token past the limit without work', async () => {
    expect(await outcomeOf(createSealer().open(`v1.AAAAAAAA.${'A'.repeat(40_000)}`, {}))).toEqual(REFUSED)
  })

  it.each([['short'], ['x'.repeat(64)], ['changeme'.repeat(8)], [new Uint8Array(31)], [new Uint8Array(64)]])(
    'refuses the weak secret %s',
    (secret) => {
      expect(() => createSealer({ secrets: [secret] })).toThrow(/32 random bytes/)
    },
  )

  it('refuses an empty keyring, and a lifetime that is none', async () => {
    expect(() => createSealer({ secrets: [] })).toThrow(TypeError)
    await expect(createSealer().seal('x', {}, 0)).rejects.toThrow(TypeError)
    await expect(createSealer().seal('x', {}, Number.NaN)).rejects.toThrow(TypeError)
  })
})
