// Package credentials reads the profiles that say where a Carbon Black server is and with which token it is asked.
//
// Start with [Find], which gives one profile, or [List], which gives all that there are. [System] makes the options
// that a command uses, from the process's own environment; nothing else here looks at the process.
//
//	opts, err := credentials.System(credentials.Response)
//	profile, err := credentials.Find(opts)
//	server, err := gate.New(profile)
//
// # Files
//
// Each product has its own INI files, which are read in this order when they exist:
//
//	/etc/carbonblack/credentials.PRODUCT
//	~/.carbonblack/credentials.PRODUCT
//	./.carbonblack/credentials.PRODUCT
//
// A profile in a later file hides the whole profile of that name in an earlier one. Keys are never merged between
// files, and a [DEFAULT] section serves its own file only: else a directory's file could name its own url and have
// the token of the user's file sent there. The reference client merges key by key; this is the one place where a set
// of files can mean something else here.
//
// # Secrets
//
// A [Secret] cannot be printed, logged or encoded: only [Secret.Reveal] gives its text, and only the gate, this
// package and the command that sets up profiles call that. [Save] writes a profile.
//
// Source: contract/transport.md, section 1.
package credentials
