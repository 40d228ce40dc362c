import type { Catalogue, Change, Page, PlanStep } from './engine.ts'
import type { Binding } from './sql/parameters.ts'
import type { Complaint } from './desk/failure.ts'

/** What a worker is told before its first job. */
export type Setting = {
  /** Absolute, with links resolved. It is in no answer. */
  readonly path: string
  /** `table.column` in lower case. */
  readonly hidden: readonly string[]
  readonly write: boolean
  readonly ddl: boolean
  readonly backup: string | null
  /** Bytes. */
  readonly maxMemory: number
}

/** A piece of work for a worker. */
export type Job =
  | { readonly kind: 'check' }
  | { readonly kind: 'catalogue' }
  | { readonly kind: 'plan'; readonly sql: string; readonly bindings: readonly Binding[] }
  | {
      readonly kind: 'query'
      readonly sql: string
      readonly bindings: readonly Binding[]
      readonly limit: number
      readonly offset: number
    }
  | {
      readonly kind: 'change'
      readonly sql: string
      readonly bindings: readonly Binding[]
      readonly commit: boolean
      readonly expect: number | null
    }

/** What each kind of job is answered with. */
export type Answers = {
  readonly check: null
  readonly catalogue: Catalogue
  readonly plan: readonly PlanStep[]
  readonly query: Page
  readonly change: Change
}

/** A job under a number, and the milliseconds that it may take. */
export type Order = { readonly id: number; readonly job: Job; readonly timeout: number }

/** What a worker says: that it is there, or how an order went. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number; readonly answer: Answers[keyof Answers] }
  | { readonly kind: 'failed'; readonly id: number; readonly complaint: Complaint }
