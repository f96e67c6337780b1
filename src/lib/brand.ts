// Nominal types: a number that was checked to be a step's index is not just any number.

declare const brand: unique symbol

/** `Base` that went through a check, named by `Name`. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name }
