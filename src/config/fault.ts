// How it is told what is wrong with settings.

/** A setting that cannot be used, and what would do. `variable`: where it is not of the file, but of the environment. */
export type SettingsFault = { readonly message: string; readonly hint: string; readonly variable?: string }

/** Where a setting of several parts tells what is wrong with them; it has this name. */
export type Report = { readonly name: string; readonly fault: (fault: SettingsFault) => void }
