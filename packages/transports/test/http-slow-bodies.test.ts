import type { Principal } from '@parley/core'
import { afterEach, describe, expect, it } from 'vitest'
import { calling, faces, openFetch } from './http-faces.ts'
import type { Ask, Face } from './http-faces.ts'
import { person, settled } from './http-legacy-rig.ts'
import { responder, signalled } from './peers.ts'

const encoder = new TextEncoder()

// Long enough for its bytes to be what it costs to keep.
const ordinary = calling('tools/list')
const list = { ...ordinary, body: `${' '.repeat(2000)}${ordinary.body as string}` }
const size = list.body.length

const open: Face[] = []
const holds: (() => void)[] = []

afterEach(async () => {
  for (const settle of holds.splice(0)) settle()
  await Promise.all(open.splice(0).map((face) => face.close()))
})

/** A good request whose body stops short of its last byte until it is told to go on. */
const slow = (): { ask: Ask; finish: () => void } => {
  const hold = signalled()
  holds.push(hold.settle)
  const bytes = encoder.encode(list.body)
  const body = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, -1)
    await hold.promise
    yield bytes.subarray(-1)
  }
  return { ask: { ...list, body: body() }, finish: hold.settle }
}

/** Lets everybody in, and tells when so many have come. */
const counting = (count: number): { authorize: () => Promise<Principal>; full: Promise<void> } => {
  const full = signalled()
  let come = 0
  const authorize = async (): Promise<Principal> => {
    come += 1
    if (come === count) full.settle()
    return person('anna')
  }
  return { authorize, full: full.promise }
}

describe.each(faces)('slow bodies over $name', ({ open: openFace }) => {
  const start = async (...rest: Parameters<typeof openFace>): Promise<Face> => {
    const face = await openFace(...rest)
    open.push(face)
    return face
  }

  it('take nobody the place that requests are served in', async () => {
    const { authorize, full } = counting(100)
    const face = await start(
      responder(() => ({ ok: true })),
      { authorize, maxInFlight: 2, maxInFlightPerPrincipal: 1 },
    )
    const bodies = Array.from({ length: 100 }, slow)
    const answers = bodies.map(({ ask }) => face.ask(ask))
    await full
    expect((await face.ask(list)).status).toBe(200)
    bodies[0]?.finish()
    expect((await answers[0])?.status).toBe(200)
    for (const { finish } of bodies) finish()
    await Promise.all(answers)
  })

  it('share a budget of bytes; the body that would exceed it is refused with 503, and no other', async () => {
    const { authorize, full } = counting(2)
    const face = await start(
      responder(() => ({ ok: true })),
      { authorize, maxBodies: 2.5 * size },
    )
    const one = slow()
    const two = slow()
    const answers = [face.ask(one.ask), face.ask(two.ask)]
    await full
    await settled()
    const refused = await face.ask(list)
    expect([refused.status, refused.header('retry-after')]).toEqual([503, '1'])
    one.finish()
    expect((await answers[0])?.status).toBe(200)
    expect((await face.ask(list)).status).toBe(200)
    two.finish()
    expect((await answers[1])?.status).toBe(200)
    // Everything was given back.
    expect((await face.ask({ ...list, body: list.body.padStart(2 * size) })).status).toBe(200)
  })

  it('cost more than their bytes when they come in crumbs', async () => {
    const face = await start(
      responder(() => ({ ok: true })),
      { maxBodies: 10_000 },
    )
    const crumbs = async function* (): AsyncGenerator<Uint8Array> {
      for (const byte of encoder.encode(list.body)) yield Uint8Array.of(byte)
    }
    const { status } = await face.ask({ ...list, body: crumbs() }).catch(() => ({ status: 503 }))
    expect(status).toBe(503)
  })

  it('are waited for when serving ends', async () => {
    const { authorize, full } = counting(1)
    const face = await start(
      responder(() => ({ ok: true })),
      { authorize, linger: 60_000 },
    )
    const body = slow()
    const answer = face.ask(body.ask)
    await full
    const closing = face.close()
    body.finish()
    expect((await answer).status).toBe(200)
    await closing
  })
})

it('answers a good request while 5,000 slow bodies are being read', async () => {
  const { authorize, full } = counting(5000)
  const face = await openFetch(
    responder(() => ({ ok: true })),
    { authorize },
  )
  open.push(face)
  const answers = Array.from({ length: 5000 }, () => face.ask(slow().ask))
  await full
  expect((await face.ask(list)).json).toMatchObject({ result: { ok: true } })
  for (const settle of holds.splice(0)) settle()
  // Of all that are ready at once, no more are served at once than may be.
  const statuses = new Set((await Promise.all(answers)).map(({ status }) => status))
  expect([...statuses].every((status) => status === 200 || status === 429)).toBe(true)
})
