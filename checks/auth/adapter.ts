/** What the authorization server stores of one thing: a client, a token, a session. */
export type Payload = {
  readonly uid?: string
  readonly userCode?: string
  readonly grantId?: string
  consumed?: number
  readonly [name: string]: unknown
}

type Kept = { readonly payload: Payload; readonly until: number }

/** What one kind of thing is stored by, as `oidc-provider` asks for it. */
export type Adapter = {
  upsert(id: string, payload: Payload, expiresIn?: number): Promise<void>
  find(id: string): Promise<Payload | undefined>
  findByUid(uid: string): Promise<Payload | undefined>
  findByUserCode(code: string): Promise<Payload | undefined>
  consume(id: string): Promise<void>
  destroy(id: string): Promise<void>
  revokeByGrantId(grantId: string): Promise<void>
}

/** All that an authorization server remembers, where a test can make it forget. */
export class Memory {
  readonly #kept = new Map<string, Kept>()

  /** Stores one kind of thing. */
  readonly adapter = (kind: string): Adapter => {
    const key = (id: string): string => `${kind}:${id}`
    const seek = async (is: (payload: Payload) => boolean): Promise<Payload | undefined> =>
      this.#live().find(([name, { payload }]) => name.startsWith(`${kind}:`) && is(payload))?.[1].payload
    return {
      upsert: async (id, payload, seconds = Infinity) => {
        this.#kept.set(key(id), { payload, until: Date.now() + seconds * 1000 })
      },
      find: async (id) => this.#live().find(([name]) => name === key(id))?.[1].payload,
      findByUid: (uid) => seek((payload) => payload.uid === uid),
      findByUserCode: (code) => seek((payload) => payload.userCode === code),
      consume: async (id) => {
        const kept = this.#kept.get(key(id))
        if (kept !== undefined) kept.payload.consumed = Math.floor(Date.now() / 1000)
      },
      destroy: async (id) => {
        this.#kept.delete(key(id))
      },
      revokeByGrantId: async (grantId) => this.#forget((_, payload) => payload.grantId === grantId),
    }
  }

  #live(): [string, Kept][] {
    return [...this.#kept].filter(([, { until }]) => until > Date.now())
  }

  #forget(is: (name: string, payload: Payload) => boolean): void {
    for (const [name, { payload }] of this.#kept) if (is(name, payload)) this.#kept.delete(name)
  }

  /** Forgets everything of these kinds. */
  forget(...kinds: readonly string[]): void {
    this.#forget((name) => kinds.some((kind) => name.startsWith(`${kind}:`)))
  }
}
