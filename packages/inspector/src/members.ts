import { isObject } from '@parley/core'

/** Tells objects whose members are all of one kind. */
export const isObjectOf = <T>(value: unknown, is: (member: unknown) => member is T): value is { [name: string]: T } =>
  isObject(value) && Object.values(value).every(is)
